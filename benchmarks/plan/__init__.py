"""Plans against what came: companies are replayed to an earlier day, planned, and looked at again.

Each company is generated with a year more than the plan knows of. Its range of ARR should hold what
really came in as many of a hundred as its level says.
"""
