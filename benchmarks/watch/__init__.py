"""What :func:`revkit.watch` says of companies whose truth is known.

Without arguments: how many of so many quiet companies it says something about. With ``--planted``:
how often it names what was planted, at the end of the quarter of the onset, and one, two and four
quarters later, and at the end; what else it says is counted, too. With ``--limit``: how many
standard errors lie between usual and planted for whoever knows metric, place and month beforehand.
"""
