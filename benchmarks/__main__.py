"""Every benchmark that is timed, one after the other."""

from benchmarks.metrics import main

main()
