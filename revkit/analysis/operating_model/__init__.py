"""The operating model: whether a company needs SalesOps, RevOps, both, or neither yet."""
