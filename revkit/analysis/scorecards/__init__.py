"""The tables that SalesOps and RevOps watch, filled, with targets and change."""
