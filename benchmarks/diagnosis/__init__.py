"""What :func:`revkit.diagnose` says of firms whose truth is known.

Without arguments: firms made up for it, of which each kind has a planted cause or none. With
``--generated``: companies of this kit's own generator in which nothing happens.
"""
