"""Formulas broken on purpose, one at a time: which test catches each.

``python -m benchmarks.mutations`` copies the kit, breaks one line of the copy and runs the
published numbers of the metric on it, then the tests of its module, then the laws, until one
fails; with ``--all`` each of the three. Every one must be caught. The checkout is never touched.
Names of metrics run only these.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutation:
    """One line made wrong: in which module, of which metric, from what to what."""

    name: str
    metric: str
    module: str
    right: str
    wrong: str


OWN_TESTS = {
    "derived/recurring/movements.py": "derived/test_movements.py",
    "derived/recurring/price_periods.py": "test_policy.py",
    "metrics/churn.py": "metrics/test_recurring.py",
    "metrics/contracts.py": "metrics/test_recurring.py",
    "metrics/sales/deals.py": "metrics/sales/test_pipeline.py",
    "metrics/growth.py": "metrics/test_economics.py",
    "metrics/marketing.py": "metrics/test_economics.py",
    "metrics/recurring.py": "metrics/test_recurring.py",
    "metrics/retention.py": "metrics/test_recurring.py",
    "metrics/sales/speed.py": "metrics/sales/test_pipeline.py",
    "metrics/sales/team.py": "metrics/sales/test_team.py",
}

MUTATIONS = [
    Mutation(
        "losses netted over all accounts, not kept account by account",
        "grr",
        "metrics/retention.py",
        'lost = Total(movements).where(_.outcome.isin(["contraction", "churn"])).of(_.net)',
        "lost = Total(movements).where(_.opening > 0).of(_.net)",
    ),
    Mutation(
        "percent for a fraction",
        "win_rate",
        "metrics/sales/deals.py",
        "return closed.where(_.is_won) / closed.where(_.is_won.notnull())",
        "return 100 * closed.where(_.is_won) / closed.where(_.is_won.notnull())",
    ),
    Mutation(
        "closed interval: a regime still counts on the day it ends",
        "mrr",
        "derived/recurring/movements.py",
        "on=table.ended_on,",
        'on=(table.ended_on.cast("timestamp") + __import__("ibis").interval(days=1)).cast("date"),',
    ),
    Mutation(
        "cohort mixed with flow: won by close over created",
        "close_rate",
        "metrics/sales/deals.py",
        'return created.reaching(_.is_won, on="closed_on") / created',
        'return Total(opportunities, at="closed_on").where(_.is_won) / created',
    ),
    Mutation(
        "new business let into net retention",
        "nrr",
        "metrics/retention.py",
        "return (opening + Total(movements).where(_.opening > 0).of(_.net)) / opening",
        "return (opening + Total(movements).of(_.net)) / opening",
    ),
    Mutation(
        "win rate over everything that was opened",
        "win_rate",
        "metrics/sales/deals.py",
        "return closed.where(_.is_won) / closed.where(_.is_won.notnull())",
        'return closed.where(_.is_won) / Total(opportunities, at="created_on")',
    ),
    Mutation(
        "mean for median",
        "median_deal_size",
        "metrics/sales/deals.py",
        'return Median(Total(opportunities, at="closed_on").where(_.is_won).of(_.amount))',
        'won = Total(opportunities, at="closed_on").where(_.is_won)\n'
        "    return won.of(_.amount) / won",
    ),
    Mutation(
        "customers won back counted as won",
        "cac",
        "metrics/marketing.py",
        'Total(movements).where(_.movement == "new")',
        'Total(movements).where(_.movement.isin(["new", "reactivation"]))',
    ),
    Mutation(
        "churn over the accounts at the end",
        "churn_rate",
        "metrics/churn.py",
        'return Total(movements).where(_.movement == "churn") / Stock(movements).opening\n',
        'return Total(movements).where(_.movement == "churn") / Stock(movements)\n',
    ),
    Mutation(
        "eleven months to the year",
        "arr",
        "metrics/recurring.py",
        "return 12 * Stock(movements).of(_.mrr)",
        "return 11 * Stock(movements).of(_.mrr)",
    ),
    Mutation(
        "reactivation in the quick ratio",
        "quick_ratio",
        "metrics/growth.py",
        "gained = new_mrr(movements) + expansion_mrr(movements)\n",
        "gained = new_mrr(movements) + expansion_mrr(movements) + reactivation_mrr(movements)\n",
    ),
    Mutation(
        "trials bring MRR",
        "mrr",
        "derived/recurring/price_periods.py",
        '("status", "trialing", policy.trials),',
        '("status", "trial", policy.trials),',
    ),
    Mutation(
        "those not reached yet left out of the median wait",
        "speed_to_lead",
        "metrics/sales/speed.py",
        'return Median(Total(responses, at="created_at").of(_.minutes), until=_.watched)',
        'return Median(Total(responses, at="created_at").of(_.minutes))',
    ),
    Mutation(
        "a quarter's quota counted in its first month",
        "quota_attainment",
        "metrics/sales/team.py",
        'targeted = Total(targets, spread=("starts_on", "ends_on"))',
        'targeted = Total(targets, at="starts_on")',
    ),
    Mutation(
        "mean of the discounts, not weighed by list price",
        "discount_rate",
        "metrics/sales/deals.py",
        "return 1 - priced.of(_.amount) / priced.of(_.amount / (1 - _.discount))",
        "return priced.of(_.discount) / priced",
    ),
    Mutation(
        "growth at renewal counted as kept",
        "renewal_rate_mrr",
        "metrics/contracts.py",
        "kept.of(ibis.least(_.value_after, _.value_before))",
        "kept.of(_.value_after)",
    ),
]


def broken(mutation: Mutation, folder: Path) -> Path:
    """Copy the kit and its tests, with one line made wrong."""
    for part in ("revkit", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    module = folder / "revkit" / mutation.module
    text = module.read_text(encoding="utf-8")
    body = text.find(f"def {mutation.metric}(") if "metrics/" in mutation.module else 0
    place = text.find(mutation.right, body)
    if place < 0:
        sys.exit(f"{mutation.module} has no {mutation.right!r}: mend MUTATIONS")
    wrong = text[:place] + mutation.wrong + text[place + len(mutation.right) :]
    module.write_text(wrong, encoding="utf-8")
    return folder


def caught(mutation: Mutation, folder: Path, *, first: bool) -> list[str]:
    """Run on a copy what tests the metric; return what fails, of each kind or the first."""
    kinds = [
        ["tests/metrics/test_published.py", "-k", f"{mutation.metric}-"],
        [f"tests/{OWN_TESTS[mutation.module]}"],
        ["tests/metrics/test_laws.py", "-k", "test_laws["],
    ]
    found: list[str] = []
    for tests in kinds:
        found += failing(tests, folder, mutation.metric)
        if found and first:
            break
    return found


def failing(tests: list[str], folder: Path, metric: str) -> list[str]:
    """Return the first of some tests that fails on a copy."""
    # the folder comes first on the path, so that the copy is what is tested
    environment = os.environ | {"PYTHONPATH": str(folder), "REVKIT_LAWS": metric}
    run = subprocess.run(  # noqa: S603 - this Python, on the tests of a copy
        [sys.executable, "-m", "pytest", *tests, "-x", "-q", "-p", "no:cacheprovider", "--tb=no"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode not in (0, 1):
        sys.exit(run.stdout + run.stderr)
    # a law is a part of the test of its company
    said = r"^(?:SUBFAILED\[(.+)\]|FAILED) tests/\S+/test_(\S+?::.+?)(?: - .*)?$"
    found = re.findall(said, run.stdout, re.MULTILINE)
    names = [f"{test}: {law}" if law else test for law, test in found]
    return [name.replace("::test_", ": ").replace("_", " ") for name in names]


def main(names: list[str]) -> int:
    """Break and test them one by one; return how many nobody caught."""
    missed, every = 0, "--all" in names
    chosen = [m for m in MUTATIONS if m.metric in names or not {*names} - {"--all"}]
    print("| broken on purpose | metric | caught by |\n|---|---|---|")
    for mutation in chosen:
        with tempfile.TemporaryDirectory() as folder:
            tests = caught(mutation, broken(mutation, Path(folder)), first=not every)
        missed += not tests
        print(f"| {mutation.name} | `{mutation.metric}` | {'; '.join(tests) or 'nobody'} |")
        sys.stdout.flush()
    print(f"\n{missed} of {len(chosen)} were caught by nobody")
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
