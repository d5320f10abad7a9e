"""Command line of the benchmark of the diagnosis: ``python -m benchmarks.diagnosis``."""

from __future__ import annotations

import argparse
import time
import warnings

import revkit as rk
from benchmarks import diagnosis
from benchmarks.compiled import compiled_once
from benchmarks.diagnosis.simulator import PLANTED, QUIET, firm
from revkit.statistics.causes.search import verdict

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

METRICS = ("win_rate", "won_amount", "deal_size", "lead_to_mql_rate", "churn_rate", "nrr", "leads")


def main() -> None:
    """Ask about made-up firms, or about generated companies."""
    parser = argparse.ArgumentParser(
        description=diagnosis.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", nargs="*", default=[*QUIET, *PLANTED])
    parser.add_argument("--deals", nargs="*", type=int, default=[1500, 5000])
    parser.add_argument("--firms", type=int, default=200)
    parser.add_argument("--months", type=int, default=1, help="for which a cause has been at work")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--generated", action="store_true")
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--metrics", nargs="*", default=METRICS)
    asked = parser.parse_args()
    if asked.generated:
        with compiled_once():
            _generated(asked)
    else:
        for deals in asked.deals:
            for kind in asked.kinds:
                _simulated(kind, deals, asked)


def _simulated(kind: str, deals: int, asked: argparse.Namespace) -> None:
    spoke = first = exactly = wrong = dated = right = 0
    begun = time.process_time()
    for seed in range(asked.seed, asked.seed + asked.firms):
        made = firm(kind, deals, seed, asked.months)
        named = verdict(made.leaves).named
        causes = [(one.kind, one.cell) for one in named]
        spoke += bool(causes)
        wrong += bool(set(causes) - set(made.causes))
        exactly += set(causes) == set(made.causes)
        if causes and causes[0] in made.causes:
            first += 1
        for one in named:
            if (one.kind, one.cell) in made.causes:
                right += 1
                dated += made.onset in one.months
    each, n = (time.process_time() - begun) / asked.firms, asked.firms
    print(
        f"{kind:13} {deals:5} a month: says something {spoke / n:6.1%}, the cause first "
        f"{first / n:6.1%}, all and nothing else {exactly / n:6.1%}, something wrong "
        f"{wrong / n:6.1%}, month in the set {dated / max(right, 1):6.1%} of {right}, "
        f"{each:.2f} s a firm",
        flush=True,
    )


def _generated(asked: argparse.Namespace) -> None:
    spoke = dict.fromkeys(asked.metrics, 0)
    for seed in range(asked.seed, asked.seed + asked.firms):
        company = rk.generate("baseline", seed=seed, accounts=asked.accounts).data
        for metric in asked.metrics:
            begun = time.perf_counter()
            found = rk.diagnose(company, metric, "quarter")
            spoke[metric] += not found.quiet
            said = [(one.place, one.kind) for one in found.reasons if one.named]
            print(f"{seed} {metric} {time.perf_counter() - begun:.1f} s: {said}", flush=True)
    for metric, count in spoke.items():
        print(f"{metric}: said something {count} of {asked.firms} ({count / asked.firms:.1%})")


if __name__ == "__main__":
    main()
