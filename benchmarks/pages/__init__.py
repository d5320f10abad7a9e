"""Each notebook on ten other companies, by week, month and quarter: it runs, and says what is so.

The cells run in this process, one after another, as Papermill sets them: with the company's tables
in place of the notebook's, without those that these tables cannot fill. Whatever a sentence claims
is read back from its text and compared with the frame it was made from; a number in any other
sentence has to stand in an object of the page; and no sentence may be broken ("nan", "1 months",
English on an Italian page). A sentence that all companies get, word for word, says nothing of any.

    python -m benchmarks.pages [--companies NAME …] [--periods week month quarter]
                               [--notebooks 02_churn …] [--out build/pages.csv]

It prints what failed and what is false, by kind, and leaves every sentence in ``--out``. Companies
that are in the file already are not run again.
"""
