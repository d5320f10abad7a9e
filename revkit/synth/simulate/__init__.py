"""What happens in a company: accounts, leads, deals, customers, and the people who sell."""
