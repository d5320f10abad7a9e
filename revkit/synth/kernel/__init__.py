"""What every room of the generator uses: random streams, ids, text, Arrow tables, name pools."""
