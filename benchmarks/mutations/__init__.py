"""Code broken on purpose, to see which tests notice."""
