"""Reports: notebooks run from the command line, written as pages that open offline."""
