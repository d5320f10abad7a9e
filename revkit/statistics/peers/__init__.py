"""People beside peers with like cases: chances of cases, exchanges, and shrinkage."""
