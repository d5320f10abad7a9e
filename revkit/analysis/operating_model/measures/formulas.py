"""Measures that are formulas over a year: metrics of the catalogue, and those asked only here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ibis import _

from revkit.algebra import Formula, Length, Stock, TableName, Total
from revkit.algebra.definition import Definition
from revkit.algebra.metric import Metric
from revkit.analysis.defaults import new_business
from revkit.analysis.operating_model.measures.reading import LEVEL, Reading, Year
from revkit.catalogue import find
from revkit.catalogue.measure import Measured
from revkit.errors import Reason
from revkit.language import message
from revkit.metrics.marketing import programmes
from revkit.metrics.recurring import monthly_flow

if TYPE_CHECKING:
    from revkit.dataset import Dataset

CONTACTS = ("call", "email", "meeting", "demo")


def inbound_leads(new_leads: TableName) -> Formula:
    """Leads a month that no outbound channel brought."""
    came = Total(new_leads, at="created_at")
    outbound = _.channel.lower().contains("outbound").fill_null(False)
    return came.where(~outbound) / Length("month")


def quota_reps(quota_spans: TableName) -> Formula:
    """Reps who carry a quota."""
    return Stock(quota_spans, start="started_on", end="ended_on")


def direct_share(origins: TableName) -> Formula:
    """Share of the amount of new business won that marketing did not source."""
    won = Total(origins, at="closed_on").where(_.kind == "new").where(_.is_won)
    return won.of(_.amount * (1 - _.sourced)) / won.of(_.amount)


def direct_cost(spend: TableName, origins: TableName) -> Formula:
    """Sales spend a deal that sales sourced, over marketing spend a deal that marketing sourced."""
    won = Total(origins, at="closed_on").where(_.kind == "new").where(_.is_won)
    spent = Total(spend, at="spent_on")
    direct = spent.where(_.function == "sales").of(_.amount) / won.where(_.sourced == 0)
    inbound = spent.where(_.function == "marketing").of(_.amount) / won.where(_.sourced == 1)
    return direct / inbound


def outbound_share(activities: TableName) -> Formula:
    """Share of contacts, not automated, that the rep began."""
    contacts = Total(activities, at="occurred_at").where(_.kind.isin(CONTACTS))
    contacts = contacts.where(~_.is_automated).where(_.direction.notnull())
    return contacts.where(_.direction == "out") / contacts


def stale_share(quiet_spells: TableName, opportunities: TableName) -> Formula:
    """Share of open deals that nobody has touched for 30 days."""
    quiet = Stock(quiet_spells, start="stale_on", end="until")
    return quiet / Stock(opportunities, start="created_on", end="closed_on")


def lost_to_new(movements: TableName) -> Formula:
    """Contraction and churned MRR over new MRR."""
    lost = monthly_flow(movements, "contraction") + monthly_flow(movements, "churn")
    return lost / monthly_flow(movements, "new")


def expansion_to_new(movements: TableName) -> Formula:
    """Expansion MRR over new MRR."""
    return monthly_flow(movements, "expansion") / monthly_flow(movements, "new")


def unknown_source(new_leads: TableName) -> Formula:
    """Share of leads without a channel."""
    came = Total(new_leads, at="created_at")
    return came.where(_.channel.fill_null("") == "") / came


def unknown_loss(opportunities: TableName) -> Formula:
    """Share of lost deals without a reason."""
    lost = Total(opportunities, at="closed_on").where(~_.is_won)
    return lost.where(_.lost_reason.fill_null("") == "") / lost


def unknown_spend(spend: TableName) -> Formula:
    """Share of marketing programme spend without a channel."""
    spent = programmes(Total(spend, at="spent_on"))
    return spent.where(_.channel.fill_null("") == "") / spent


def monthly_spend(spend: TableName) -> Formula:
    """Spend on sales and marketing a month."""
    spent = Total(spend, at="spent_on").where(_.function.isin(["sales", "marketing"]))
    return spent.of(_.amount) / Length("month")


@dataclass(frozen=True)
class Asked:
    """A measure as it is asked of the tables.

    Parameters
    ----------
    metric
        A metric of the catalogue, by its name, or one asked only here.
    now
        At the day of the data, instead of over the year.
    new
        Of new business alone, without expansions and renewals.
    columns
        Columns that must have been loaded: ``leads.channel``.
    options
        Of the metric.
    """

    metric: Metric
    now: bool = False
    new: bool = False
    columns: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


def own(function: Any, unit: Any, **more: Any) -> Asked:
    """Return a measure asked only here."""
    definition = Definition(
        function, title=function.__doc__, owner="both", unit=unit, better="neither"
    )
    return Asked(Metric(definition), **more)


def asked() -> dict[str, Asked]:
    """Return how each measure that is a formula is asked."""
    arr = Asked(find("arr"), now=True)
    return {
        "arr": arr,
        "ready_arr": arr,
        "inbound_leads": own(inbound_leads, "count"),
        "quota_reps": own(quota_reps, "count", now=True),
        "direct_share": own(direct_share, "share"),
        "direct_cost": own(direct_cost, "ratio"),
        "reps_at_quota": Asked(find("share_of_reps_at_quota")),
        "sales_efficiency": Asked(find("sales_efficiency")),
        "deal_size": Asked(find("median_deal_size"), new=True),
        "sales_cycle": Asked(find("median_sales_cycle"), new=True),
        "outbound_share": own(outbound_share, "share", columns=("activities.direction",)),
        "stale_share": own(stale_share, "share", now=True),
        "lost_to_new": own(lost_to_new, "ratio"),
        "expansion_to_new": own(expansion_to_new, "ratio"),
        "mql_to_sql": Asked(find("mql_to_sql_rate"), options=(("within", 60),)),
        "forecast_accuracy": Asked(find("forecast_accuracy")),
        "unknown_source": own(unknown_source, "share", columns=("leads.channel",)),
        "unknown_loss": own(unknown_loss, "share", columns=("opportunities.lost_reason",)),
        "unknown_spend": own(unknown_spend, "share", columns=("spend.channel",)),
        "monthly_spend": own(monthly_spend, "money/month"),
    }


NOTHING = message("no row tells it")


def readings(data: Dataset, year: Year) -> dict[str, Reading]:
    """Return the readings of all measures that are formulas, by key, asked together."""
    new = new_business(data)
    found: dict[str, Reading] = {}
    together: dict[tuple[bool, bool], dict[str, Asked]] = {}
    for key, way in asked().items():
        lacking = _lacking(data, way)
        if lacking is not None:
            found[key] = lacking
        else:
            together.setdefault((way.now, way.new), {})[key] = way
    for (_now, is_new), ways in together.items():
        found |= _read(new if is_new else data, ways, year)
    return found


def read(data: Dataset, way: Asked, year: Year) -> Reading:
    """Return the reading of one formula."""
    return _read(data, {"": way}, year)[""]


def _lacking(data: Dataset, way: Asked) -> Reading | None:
    """Return the reading of a measure whose column was not loaded; None where all were."""
    for name in way.columns:
        table, column = name.split(".")
        if table in data and column not in data.columns(table):
            return Reading(reason=data.lacks(table, column).reason)
    return None


def _read(data: Dataset, ways: Mapping[str, Asked], year: Year) -> dict[str, Reading]:
    """Return the readings of formulas that are asked of the same days, by key."""
    now = any(way.now for way in ways.values())
    measured = Measured.of(
        data,
        {way.metric.name: way.metric for way in ways.values()}.values(),
        each={way.metric.name: dict(way.options) for way in ways.values()},
        lenient=True,
        level=LEVEL,
        period="day" if now else None,
        start=data.as_of if now else year.start,
        end=year.end,
    )
    return {key: _reading(measured, way.metric.name) for key, way in ways.items()}


def _reading(measured: Measured, name: str) -> Reading:
    """Return the reading of a metric by what was measured."""
    if name in measured.reasons:
        return Reading(reason=measured.reasons[name])
    rows = measured.frames[name]
    if rows.empty or rows["value"].isna().all():
        return Reading(reason=Reason(NOTHING))
    row = rows.iloc[-1]
    n = 0 if row["n"] != row["n"] else row["n"]
    return Reading(float(row["value"]), float(n), float(row["low"]), float(row["high"]))
