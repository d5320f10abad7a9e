"""Checks across the blocks of a scenario, beyond the bounds of each value."""

from __future__ import annotations

import re
from datetime import date

from revkit.errors import ScenarioError
from revkit.synth.scenario.model import Scenario

SERVING = ("SDR", "AE", "AM")
"""Roles that every account needs."""


def starts_month(text: str) -> bool:
    """Report whether a text is the first day of a month, written 2023-01-01."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.day == 1 and str(day) == text


def check_blocks(scenario: Scenario, name: str) -> None:
    """Refuse blocks that contradict each other."""
    if not starts_month(scenario.start):
        raise ScenarioError.wrong_value(
            f"{name}: start", "must be the first day of a month, such as 2023-01-01", scenario.start
        )
    if re.fullmatch("[A-Z]{3}", scenario.currency) is None:
        raise ScenarioError.wrong_value(
            f"{name}: currency",
            "must be three capital letters, such as EUR",
            repr(scenario.currency),
        )
    if len(scenario.season) != 12 or not sum(scenario.season):
        raise ScenarioError.wrong_value(
            f"{name}: season",
            "must be a weight for each of the twelve months, not all 0",
            list(scenario.season),
        )
    for key, specs in (
        ("segments", scenario.segments),
        ("channels", scenario.channels),
        ("tickets: severities", scenario.tickets.severities),
    ):
        if not sum(spec.share for spec in specs.values()):
            raise ScenarioError.no_share(f"{name}: {key}")
    plans = len(scenario.products) - 1
    for segment, spec in scenario.segments.items():
        place = f"{name}: segments: {segment}"
        if not 1 <= spec.employees[0] <= spec.employees[1] <= spec.employees[2]:
            raise ScenarioError.wrong_value(
                f"{place}: employees",
                "must be the smallest, the median and the largest number, from 1",
                list(spec.employees),
            )
        if len(spec.products) != plans or abs(sum(spec.products) - 1) > 1e-6:
            raise ScenarioError.wrong_value(
                f"{place}: products",
                "must be a share for each product but the last, the add-on: "
                f"{plans} that add up to 1",
                list(spec.products),
            )
        for role in SERVING:
            if spec.share and not any(
                team.role == role and team.accounts in ("", segment)
                for team in scenario.teams.values()
            ):
                raise ScenarioError.no_team(place, role=role, accounts=segment)
    for word, team in scenario.teams.items():
        if team.accounts not in ("", *scenario.segments):
            raise ScenarioError.unknown_value(
                team.accounts, where=f"{name}: teams: {word}: accounts", known=scenario.segments
            )
    if scenario.price_tests.product not in scenario.products:
        raise ScenarioError.unknown_value(
            scenario.price_tests.product, where=f"{name}: price_tests: product",
            known=scenario.products,
        )  # fmt: skip
    if scenario.currency in scenario.exchange_rates:
        raise ScenarioError.own_currency(f"{name}: exchange_rates", currency=scenario.currency)
