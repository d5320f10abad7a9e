"""Planted causes: how clearly each one can be seen in companies of its scenario's own size.

Each cause has a sign, a rate that differs after it began (``SIGNS`` in the tests of the generator).
Printed is its distance from what would be expected without the cause, in standard deviations, over
some seeds; then the same for what each decoy would do if it worked.

    python -m benchmarks.planted [--seeds 10] [--seed 7000] [--scenario NAME ...]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from statistics import median

from tests.synth.test_planted import SIGNS, decoys, known

SEEN = 3.0
"""Standard deviations from which on a cause can be seen."""


def main() -> None:
    """Print one line for each cause and decoy of the scenarios asked for."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--seed", type=int, default=7000)
    asked.add_argument("--scenario", nargs="+", choices=sorted(SIGNS), default=sorted(SIGNS))
    how = asked.parse_args()
    print(f"{'scenario':<28}{'cause or decoy':<20}{'least':>8}{'median':>8}{'most':>8}{'seen':>10}")
    for name in how.scenario:
        found: dict[str, list[float]] = defaultdict(list)
        for seed in range(how.seed, how.seed + how.seeds):
            with known(name, seed) as engine:
                for sign in SIGNS[name]:
                    found[sign.effect].append(sign.sigmas(engine) * (1 if sign.rises else -1))
                for sign in decoys(name):
                    found[f"{sign.effect} (decoy)"].append(abs(sign.sigmas(engine)))
        for sign_of, values in found.items():
            print(
                f"{name:<28}{sign_of:<20}{min(values):>8.1f}{median(values):>8.1f}"
                f"{max(values):>8.1f}{sum(v > SEEN for v in values):>4} of {len(values)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
