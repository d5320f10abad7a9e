"""Command line of the timed benchmarks: ``python -m benchmarks``."""

from benchmarks.metrics import main

main()
