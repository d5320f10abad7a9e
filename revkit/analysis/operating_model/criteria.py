"""The article's criteria: seven for SalesOps, six for RevOps, one for both, and their measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from revkit.language import message


@dataclass(frozen=True)
class Measure:
    """A number that tells of a criterion, and on which side of its limit the criterion is met.

    Parameters
    ----------
    key
        Its name in the file of thresholds.
    title
        As a page writes it.
    unit
        As the units of metrics.
    rows
        What its n counts, in the plural.
    met
        "above" where a value at the limit or over it meets the criterion, else "below".
    task
        The article's task that deals with it.
    """

    key: str
    title: str
    unit: str
    rows: str
    met: Literal["above", "below"]
    task: str


@dataclass(frozen=True)
class Criterion:
    """One of the article's criteria.

    Parameters
    ----------
    id
        S1 to S7, R1 to R6, B.
    team
        The team it speaks for.
    name
        A few words, for lists.
    title
        The article's sentence.
    question
        To be answered with yes where the criterion is met.
    rule
        Whether all of the measures must meet it, or any.
    measures
        What the tables can tell, the leading one first.
    """

    id: str
    team: Literal["SalesOps", "RevOps", "both"]
    name: str
    title: str
    question: str
    rule: Literal["all", "any"]
    measures: tuple[Measure, ...]


S1 = Criterion(
    "S1", "SalesOps", message("early stage"),
    message("Your SaaS is still in its early stages"),
    message("Do most customers still come from the founders' own contacts and first sales?"),
    "all",
    (
        Measure("arr", message("ARR"), "money", "accounts", "below", "SO1"),
        Measure("inbound_leads", message("Inbound leads a month"), "count", "leads", "below",
                "SO1"),
    ),
)  # fmt: skip
S2 = Criterion(
    "S2", "SalesOps", message("direct sales"),
    message("You are in an industry where direct sales works better"),
    message("Do customers who were approached by sales buy more, for less cost, than those who "
            "come by themselves?"),
    "all",
    (
        Measure("direct_share", message("Share of new business sourced by sales"), "share",
                "opportunities", "above", "SO5"),
        Measure("direct_cost", message("Cost of a deal sourced by sales, to one by marketing"),
                "ratio", "opportunities", "below", "SO5"),
    ),
)  # fmt: skip
S3 = Criterion(
    "S3", "SalesOps", message("sales works"),
    message("Sales is working great for you"),
    message("Do most reps reach a quota that was not lowered in the last year?"),
    "all",
    (
        Measure("reps_at_quota", message("Reps at quota"), "share", "quotas", "above", "SO4"),
        Measure("sales_efficiency", message("Sales efficiency"), "ratio", "rows", "above", "SO4"),
    ),
)  # fmt: skip
S4 = Criterion(
    "S4", "SalesOps", message("complex product"),
    message("You are selling a complex and/or high-end product"),
    message("Does a purchase need several signatures, a technical proof, or a new procedure at "
            "the buyer's?"),
    "any",
    (
        Measure("deal_size", message("Median new deal"), "money", "opportunities", "above", "SO2"),
        Measure("sales_cycle", message("Median sales cycle of new deals"), "days",
                "opportunities", "above", "SO2"),
    ),
)  # fmt: skip
S5 = Criterion(
    "S5", "SalesOps", message("paperwork"),
    message("Your reps spend too much time on paperwork and red tape"),
    message("Did reps who kept a diary for a week sell for less than a third of it?"),
    "all",
    (
        Measure("selling_week", message("Selling time logged, of a 40-hour week"), "share",
                "reps", "below", "SO2"),
        Measure("selling_time", message("Selling time, of all time logged"), "share",
                "activities", "below", "SO2"),
    ),
)  # fmt: skip
S6 = Criterion(
    "S6", "SalesOps", message("training"),
    message("Your reps are not up to standard and could use more training"),
    message("Do some reps lose deals that others with the same territory and leads would win?"),
    "any",
    (
        Measure("weakest_rep", message("Weakest rep's wins, in standard errors"), "ratio",
                "reps", "below", "SO5"),
    ),
)  # fmt: skip
S7 = Criterion(
    "S7", "SalesOps", message("reactive reps"),
    message("Your reps have become reactive, and there is no workable strategy to change that"),
    message("Do reps mostly wait for requests, without a list of accounts to go for?"),
    "any",
    (
        Measure("outbound_share", message("Contacts begun by reps"), "share", "activities",
                "below", "SO6"),
        Measure("stale_share", message("Open deals without contact for 30 days"), "share",
                "opportunities", "above", "SO6"),
    ),
)  # fmt: skip
R1 = Criterion(
    "R1", "RevOps", message("beyond sales"),
    message("You want to go beyond sales optimisation"),
    message("Should growth come from customers you have, or from new streams, as much as from "
            "more sales?"),
    "any",
    (
        Measure("lost_to_new", message("MRR lost, to new MRR"), "ratio", "accounts", "above",
                "RO8"),
        Measure("expansion_to_new", message("Expansion MRR, to new MRR"), "ratio", "accounts",
                "above", "RO7"),
    ),
)  # fmt: skip
R2 = Criterion(
    "R2", "RevOps", message("communication"),
    message("Internal communication between teams has to improve"),
    message("Do the heads of marketing, sales and success give different numbers for last "
            "quarter, or different definitions of an MQL?"),
    "any",
    (
        Measure("mql_to_sql", message("MQLs that become SQLs within 60 days"), "share", "leads",
                "below", "RO4"),
        Measure("untouched_mqls", message("MQLs not contacted within 30 days"), "share", "leads",
                "above", "RO4"),
    ),
)  # fmt: skip
R3 = Criterion(
    "R3", "RevOps", message("pace"),
    message("You operate in a fast-paced environment"),
    message("Do prices, products or competitors change more than once a year, and plans within "
            "the quarter?"),
    "any",
    (
        Measure("forecast_accuracy", message("Accuracy of the forecast"), "share", "quotas",
                "below", "RO3"),
        Measure("mix_change", message("Change of the lead sources, quarter on quarter"), "ratio",
                "leads", "above", "RO3"),
    ),
)  # fmt: skip
R4 = Criterion(
    "R4", "RevOps", message("audience"),
    message("Your current audience is too small"),
    message("Has sales already approached most of the companies that could buy?"),
    "any",
    (
        Measure("months_of_supply", message("Months until all listed accounts are contacted"),
                "months", "accounts", "below", "RO1"),
        Measure("lead_growth", message("New leads, to those of the year before"), "ratio",
                "leads", "below", "RO1"),
    ),
)  # fmt: skip
R5 = Criterion(
    "R5", "RevOps", message("strategy"),
    message("You lack a long-term growth strategy, and a team that watches over it"),
    message("Is there no plan of revenue beyond this year, or nobody who reviews it?"),
    "any",
    (
        Measure("planned_quarters", message("Quarters to come with a plan"), "count", "rows",
                "below", "RO2"),
    ),
)  # fmt: skip
R6 = Criterion(
    "R6", "RevOps", message("what works"),
    message("You do not know what works and what does not"),
    message("Was the last large decision on marketing or sales taken without data?"),
    "any",
    (
        Measure("unknown_source", message("Leads of unknown source"), "share", "leads", "above",
                "RO5"),
        Measure("unknown_loss", message("Lost deals without a reason"), "share", "opportunities",
                "above", "RO5"),
        Measure("unknown_spend", message("Programme spend without a channel"), "share", "rows",
                "above", "RO5"),
    ),
)  # fmt: skip
B = Criterion(
    "B", "both", message("room for both"),
    message("You want to keep your reps, have them work well, and can pay for both teams"),
    message("Will you keep your reps, and is there a budget for both functions?"),
    "all",
    (
        Measure("assisted_share", message("New MRR of accounts won by a rep"), "share",
                "accounts", "above", "RO4"),
        Measure("monthly_spend", message("Sales and marketing spend a month"), "money", "rows",
                "above", "RO4"),
    ),
)  # fmt: skip

SALESOPS = (S1, S2, S3, S4, S5, S6, S7)
REVOPS = (R1, R2, R3, R4, R5, R6)
CRITERIA = (*SALESOPS, *REVOPS, B)

READY = Criterion(
    "size", "both", message("large enough"),
    message("The company is large enough for anybody in operations"),
    "",
    "any",
    (
        Measure("quota_reps", message("Reps with a quota"), "count", "reps", "above", ""),
        Measure("ready_arr", message("ARR"), "money", "accounts", "above", ""),
    ),
)  # fmt: skip
"""No criterion of the article: the size below which practice hires nobody for operations."""
