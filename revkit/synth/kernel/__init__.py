"""Basics of the generator: random streams, ids, text, Arrow tables, name pools."""
