"""HTML whose text is not typeset as mathematics."""

LITERAL = "mathjax_ignore tex2jax_ignore"
"""Classes of an element in which Jupyter takes dollars for dollars."""
