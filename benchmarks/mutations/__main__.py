"""Break the kit on purpose and see which tests notice.

``python -m benchmarks.mutations`` runs the errors written by hand, each of which must be caught;
with ``--all`` or names of metrics as by_hand.py says. With ``--sample 600 --seed 1`` it draws so
many small errors over the algebra, the metrics and the statistics and says which nobody notices;
``--again FILE`` runs those once more that an earlier table left. With every test that can reach
them 600 take an hour or two of one processor; ``--tests`` with files, and fewer ``--seconds`` for
each error, take less and may miss what other tests would notice. ``--reach`` reuses what a run
has measured of the tests, ``FILE.reach.json`` beside its table, and measures new tests alone.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from benchmarks.mutations import by_hand, sample


def main() -> int:
    parser = ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("metrics", nargs="*", help="only the errors by hand in these metrics")
    parser.add_argument("--all", action="store_true", help="run all three kinds of tests")
    parser.add_argument("--sample", type=int, default=0, help="how many small errors to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--out", type=Path, default=Path("build/mutations.csv"), help="the table")
    parser.add_argument("--again", type=Path, help="an earlier table: run what it left once more")
    parser.add_argument("--reach", type=Path, help="which tests run which lines, kept by a run")
    parser.add_argument("--seconds", type=float, default=30.0, help="of tests, for one error")
    parser.add_argument("--tests", nargs="+", default=[], help="only these files or folders")
    parser.add_argument("--package", action="append", help="of which packages; all three if none")
    given = parser.parse_args()
    if not given.sample and given.again is None:
        return by_hand.main([*given.metrics, *(["--all"] if given.all else [])])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    packages = tuple(given.package or sample.PACKAGES)
    again = given.again.resolve() if given.again else None
    return sample.run(
        given.sample,
        given.seed,
        packages,
        given.out.resolve(),
        again,
        given.reach.resolve() if given.reach else None,
        given.seconds,
        tuple(given.tests),
    )


if __name__ == "__main__":
    sys.exit(main())
