"""How long something takes when not all of it is over: Kaplan and Meier, within the engine."""

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
    """A quantile of the durations of rows, those not over counted while they were watched.

    Its answer has, by group and period, ``value``, ``low``, ``high``, ``rows`` and ``watched``
    (for how little time one that may still change has been: not over, or of a cohort, not
    settled). The interval is where the log-log band of the survival curve crosses (Brookmeyer and
    Crowley 1982).
    """

    quantile: Quantile | None = None

    def query(self) -> ir.Table:
        import ibis
        from ibis import _

        assert self.quantile is not None
        term = self.term(self.quantile.total)
        value = term.value.cast("float64")
        until = self._resolved(self.quantile.until, self.rows).cast("float64")
        lasted = ibis.coalesce(value, until)
        met = [] if term.where is None else [term.where]
        total = self.quantile.total
        settled = total.settled if isinstance(total, Cohort) else None
        waits = value.isnull() if settled is None else self.rows[settled].isnull()
        rows = self.rows.filter(lasted.notnull(), *met).select(
            *self.columns,
            period=self.number(),
            time=lasted,
            over=value.notnull().ifelse(1, 0),  # PostgreSQL casts no truth to a number
            waits=waits.ifelse(1, 0),
        )
        keys = [*self.columns, "period"]
        times = rows.group_by([*keys, "time"]).aggregate(
            ends=_.over.sum(), seen=_.count(), waiting=_.waits.sum()
        )
        later = ibis.window(group_by=keys, order_by=ibis.desc("time"), range=(None, 0))
        past = ibis.window(group_by=keys, order_by="time", range=(None, 0))
        known = times.mutate(at_risk=_.seen.sum().over(later).cast("float64"))
        stay = known.at_risk - known.ends
        known = known.mutate(
            gone=(stay <= 0),
            step=(stay / known.at_risk).fill_null(1.0),
            spread=ibis.ifelse(stay > 0, known.ends / (known.at_risk * stay), 0.0),
        )
        known = known.mutate(log=ibis.ifelse(known.gone, 0.0, known.step.ln()))
        curve = known.mutate(
            curve=ibis.ifelse(
                known.gone.ifelse(1, 0).max().over(past) > 0,
                0.0,
                known.log.sum().over(past).exp(),
            ),
            variance=known.spread.sum().over(past),
            n=known.seen.sum().over(ibis.window(group_by=keys)),
        )
        return self._read(curve, keys)

    def _read(self, curve: Any, keys: list[str]) -> ir.Table:
        import ibis
        from ibis import _

        assert self.quantile is not None
        left = 1 - self.quantile.q
        inside = (curve.curve > 0) & (curve.curve < 1)
        log = ibis.ifelse(inside, curve.curve, 0.5).ln()
        reach = intervals.normal(self.call.level) * curve.variance.sqrt() / -log
        lowest = ibis.ifelse(inside, (log * reach.exp()).exp(), curve.curve)
        highest = ibis.ifelse(inside, (log * (-reach).exp()).exp(), curve.curve)
        bands = curve.mutate(lowest=lowest, highest=highest)
        return bands.group_by(keys).aggregate(
            value=_.time.min(where=_.curve <= left + _ROUNDING),
            low=_.time.min(where=_.lowest <= left + _ROUNDING),
            high=_.time.min(where=_.highest <= left + _ROUNDING),
            rows=_.n.max(),
            watched=_.time.min(where=_.waiting > 0),
        )
