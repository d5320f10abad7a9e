"""The article's tasks of both teams, the tools they need, and the calls that serve them."""

from __future__ import annotations

from dataclasses import dataclass

from revkit.language import message


@dataclass(frozen=True)
class Task:
    """A task of a team.

    Parameters
    ----------
    id
        SO1 to SO6, RO1 to RO9.
    title
        In the article's words.
    tools
        What the team needs for it.
    call
        What to run here.
    """

    id: str
    title: str
    tools: str
    call: str

    @property
    def team(self) -> str:
        """The team whose task it is."""
        return "SalesOps" if self.id.startswith("SO") else "RevOps"


TASKS = (
    Task("SO1", message("Long-term sales strategy, its figures, and feedback to reps"),
         message("CRM with quotas; dashboard"), "rk.scorecard(data, 'SalesOps')"),
    Task("SO2", message("Better sales processes, with less work that is not selling"),
         message("CRM with stages and a history; e-signature; calendar and e-mail in the CRM"),
         "rk.funnel(data)"),
    Task("SO3", message("Care of sales data"),
         message("CRM with required fields; duplicate search"), "rk.check(data)"),
    Task("SO4", message("Sales forecasts"),
         message("CRM with expected close dates and forecast categories"),
         "rk.forecast_pipeline(data)"),
    Task("SO5", message("Organisation of the team and training"),
         message("Call recording; learning platform; territories"),
         "rk.metrics.ramp_months(data, period=None)"),
    Task("SO6", message("Better performance of the team"),
         message("Sales engagement with account lists; compensation plan"),
         "rk.metrics.stale_deals(data)"),
    Task("RO1", message("Choice of the target audience"),
         message("Company data; campaigns by segment"),
         "rk.metrics.win_rate(data, by='segment', period='year')"),
    Task("RO2", message("Long-term revenue strategy and short-term goals"),
         message("Plan in targets; planning sheet or tool"), "rk.scorecard(data, 'RevOps')"),
    Task("RO3", message("Simpler processes of revenue generation"),
         message("Workflow automation; one process from lead to invoice"),
         "rk.metrics.stage_duration(data, period=None)"),
    Task("RO4", message("Better communication between teams"),
         message("Marketing automation joined to the CRM; agreed hand-offs with alerts"),
         "rk.metrics.sql_acceptance_rate(data)"),
    Task("RO5", message("Choice of the right technology"),
         message("Warehouse or BI over CRM, billing and marketing; tracking of sources"),
         "rk.check(data)"),
    Task("RO6", message("Creation and tests of prices"),
         message("Billing with plans; price tests"), "rk.metrics.price_realisation(data)"),
    Task("RO7", message("Selling more to the same customers"),
         message("Customer success platform; product usage by account"), "rk.room_to_grow(data)"),
    Task("RO8", message("Lower churn"),
         message("Customer success platform; retries of failed payments"),
         "rk.survival(data)"),
    Task("RO9", message("Positioning of products and services"),
         message("Win and loss interviews; competitor named in the CRM"),
         "rk.metrics.competitor_win_rate(data, period=None)"),
)  # fmt: skip
"""In the article's order."""

TASK = {one.id: one for one in TASKS}
