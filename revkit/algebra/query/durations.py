"""Queries for quantiles of durations with censored rows: Kaplan and Meier, inside the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Cohort, Quantile
from revkit.algebra.query.events import EventSource
from revkit.statistics import intervals

if TYPE_CHECKING:
    import ibis.expr.types as ir

# A survival of just one half must not be missed by the rounding of its logarithms.
_ROUNDING = 1e-9


@dataclass
class DurationSource(EventSource):
    """A quantile of the durations of rows; rows that are not over are censored.

    Its result has, by group and period, ``value``, ``low``, ``high``, ``rows`` and ``watched``:
    the shortest time that a row which may still change (not over, or of a cohort not settled) has
    been observed. The interval is where the log-log band of the survival curve crosses
    (Brookmeyer and Crowley 1982).
    """

    quantile: Quantile | None = None

    def query(self) -> ir.Table:
        import ibis
        from ibis import _

        assert self.quantile is not None
        term = self.term(self.quantile.total)
        value = term.value.cast("float64")
        until = self._resolve(self.quantile.until, self.rows).cast("float64")
        lasted = ibis.coalesce(value, until)
        conditions = [] if term.where is None else [term.where]
        total = self.quantile.total
        settled = total.settled if isinstance(total, Cohort) else None
        waits = value.isnull() if settled is None else self.rows[settled].isnull()
        rows = self.rows.filter(lasted.notnull(), *conditions).select(
            *self.group_columns,
            period=self.number(),
            time=lasted,
            over=value.notnull().ifelse(1, 0),  # PostgreSQL casts no truth to a number
            waits=waits.ifelse(1, 0),
        )
        keys = [*self.group_columns, "period"]
        times = rows.group_by([*keys, "time"]).aggregate(
            ends=_.over.sum(), seen=_.count(), waiting=_.waits.sum()
        )
        at_or_after = ibis.window(group_by=keys, order_by=ibis.desc("time"), range=(None, 0))
        so_far = ibis.window(group_by=keys, order_by="time", range=(None, 0))
        known = times.mutate(at_risk=_.seen.sum().over(at_or_after).cast("float64"))
        survivors = known.at_risk - known.ends
        known = known.mutate(
            gone=(survivors <= 0),
            step=(survivors / known.at_risk).fill_null(1.0),
            spread=ibis.ifelse(survivors > 0, known.ends / (known.at_risk * survivors), 0.0),
        )
        known = known.mutate(log=ibis.ifelse(known.gone, 0.0, known.step.ln()))
        curve = known.mutate(
            curve=ibis.ifelse(
                known.gone.ifelse(1, 0).max().over(so_far) > 0,
                0.0,
                known.log.sum().over(so_far).exp(),
            ),
            variance=known.spread.sum().over(so_far),
            n=known.seen.sum().over(ibis.window(group_by=keys)),
        )
        return self._crossings(curve, keys)

    def _crossings(self, curve: Any, keys: list[str]) -> ir.Table:
        """Return the times at which the survival curve and its band cross the quantile."""
        import ibis
        from ibis import _

        assert self.quantile is not None
        surviving = 1 - self.quantile.q
        inside = (curve.curve > 0) & (curve.curve < 1)
        log = ibis.ifelse(inside, curve.curve, 0.5).ln()
        reach = intervals.normal(self.call.level) * curve.variance.sqrt() / -log
        lowest = ibis.ifelse(inside, (log * reach.exp()).exp(), curve.curve)
        highest = ibis.ifelse(inside, (log * (-reach).exp()).exp(), curve.curve)
        bands = curve.mutate(lowest=lowest, highest=highest)
        return bands.group_by(keys).aggregate(
            value=_.time.min(where=_.curve <= surviving + _ROUNDING),
            low=_.time.min(where=_.lowest <= surviving + _ROUNDING),
            high=_.time.min(where=_.highest <= surviving + _ROUNDING),
            rows=_.n.max(),
            watched=_.time.min(where=_.waiting > 0),
        )
