"""The audience: which kind of customer is won, stays and pays back."""
