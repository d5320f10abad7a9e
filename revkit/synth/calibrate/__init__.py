"""The shifts with which a company's rates come out as its scenario says."""
