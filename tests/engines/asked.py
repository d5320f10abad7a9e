"""What the engines are asked, and what travels from them."""

import ibis.expr.types as ir

from revkit.algebra.query.batch import Batch
from revkit.catalogue.catalogue import known
from revkit.errors import RevkitError

ENGINES = ("postgresql", "spark")
CASES = {
    "month": {"period": "month"},
    "segment": {"by": "segment", "period": "quarter", "trailing": 2},
    "team": {"by": "rep.team", "period": "quarter"},
}


class Traffic:
    """How many rows came with each query, and how many values in lists beside them."""

    def __init__(self):
        self.asking, self.metric = None, None
        self.rows = {}

    def watch(self, patch):
        for way in ("to_pyarrow", "execute", "to_pandas"):
            for kind in (ir.Table, ir.Column, ir.Scalar):
                patch.setattr(kind, way, self._counting(getattr(kind, way)))

    def several(self, engine, case):
        """Return the sizes of the answers in order; one row alone is what a table's check says."""
        return sorted(rows for _, rows in self.rows[engine, case] if rows > 1)

    def largest(self, engine, case, metrics):
        """Return the size of the largest answer that was asked for first by one of some metrics."""
        return max(rows for metric, rows in self.rows[engine, case] if metric in metrics)

    def _counting(self, fetch):
        def fetched(expr, *args, **kwargs):
            found = fetch(expr, *args, **kwargs)
            rows = len(found) if hasattr(found, "__len__") else 1
            self.rows.setdefault(self.asking, []).append((self.metric, rows))
            return found

        return fetched


class Answers:
    """Every metric on one company, planned together; a metric is asked when it is first read."""

    def __init__(self, data, how, traffic, name):
        self.traffic, self.name, self.batch = traffic, name, Batch()
        self.plans, self.read = {}, {}
        for metric in known().values():
            try:
                self.plans[metric.name] = metric.plan(data, how, self.batch).prepare()
            except RevkitError as error:
                self.plans[metric.name] = error

    def __getitem__(self, metric):
        """Return a metric's frame, or why there is none."""
        plan = self.plans[metric]
        if isinstance(plan, RevkitError):
            return plan
        if metric not in self.read:
            self.traffic.asking, self.traffic.metric = self.name, metric
            try:
                self.read[metric] = plan.frame()
            except RevkitError as error:
                self.read[metric] = error
            finally:
                self.traffic.asking = None
        return self.read[metric]
