"""Reports benchmark: all notebooks on the sample company, by Papermill and by ``revkit report``.

In each round the contenders take turns, beginning with another one, each as a user would start it:
``papermill`` once a notebook, one after another; ``revkit report`` with one job and with two, which
also measures the first page and writes all pages. Printed are medians of the rounds: seconds of the
clock, seconds that the cores gave to all processes, and the largest sum of their memory at a
moment, memory that several share counted once. Ratios are medians of the rounds' own. Goals: 1.8
times as fast with one job, 2.5 times with two. On a busy machine, look at the cores.

    python -m benchmarks.reports [--rounds 3] [--data data/sample] [--notebooks 02_churn ...]
        [--contenders papermill started 1 2] [--equal] [--out FOLDER]

``edition`` is Papermill on the notebooks without the cells that a report leaves out; ``started`` is
``revkit report`` with one job and kernels that are started anew. ``--equal`` times nothing, and
compares the outputs of every cell that both Papermill and a report run; where a folder is named, it
takes what Papermill left there in an earlier run.
"""
