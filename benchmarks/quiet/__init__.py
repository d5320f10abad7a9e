"""Claims of whole reports: false ones about companies where nothing happens, and planted causes.

The code of the kit's notebooks runs in this process, cell by cell, on generated companies, and
whatever it claims is collected: sentences, arrows of scorecards, tiles. Forecasts and
definitions test nothing, and are left out.

    python -m benchmarks.quiet [--companies 200] [--accounts 1500] [--out build/quiet.csv]
    python -m benchmarks.quiet --planted [--seeds 10]

The first command prints the share of reports with a false claim, the second the share of reports
that name the planted place and direction, one, two and four quarters after its onset. ``--out``
writes what is found as it is found; companies that are in the file already are not run again. Of
planted companies it keeps the page that names the cause, and asks the others no further.
"""
