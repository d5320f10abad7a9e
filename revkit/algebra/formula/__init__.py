"""A formula as a tree: its nodes, its leaves, and walks over it."""
