"""Formulas as trees: the nodes, the leaves (totals of tables), and walks over them."""
