"""Command line of the benchmark of reports: ``python -m benchmarks.reports``."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks import reports
from benchmarks.reports.equality import compared, executed
from benchmarks.reports.measured import Taken, taken
from revkit.report.edition import of_report
from revkit.report.kernels.warm import SWITCH
from revkit.report.notebooks import chosen, home
from revkit.sources import aliases

Contender = Callable[[str, Sequence[str], Path], Taken]


def papermill(data: str, notebooks: Sequence[str], out: Path, *, edition: bool = False) -> Taken:
    """Run each notebook by Papermill's own command, one after another."""
    name = aliases.of_data(data)
    known = aliases.environment({"data": {name: aliases.place_of_data(data)}})
    return Taken.by(
        taken(
            [sys.executable, "-m", "papermill", str(_edition(file, out) if edition else file),
             str(out / file.name), "-r", "data", name],
            known, str(home()),
        )
        for file in chosen(notebooks).values()
    )  # fmt: skip


def _edition(file: Path, out: Path) -> Path:
    """Write a notebook without the cells that a report leaves out."""
    place = out / f"edition_{file.name}"
    nbformat.write(of_report(nbformat.read(file, as_version=4)), place)
    return place


def report(
    data: str, notebooks: Sequence[str], out: Path, *, jobs: int, fork: bool = True
) -> Taken:
    """Make a report."""
    named = [word for name in notebooks for word in ("--notebooks", name)]
    revkit = str(Path(sys.executable).with_name("revkit"))
    command = [revkit, "report", "--data", data, "--out", str(out / "pages")]
    return taken([*command, "--jobs", str(jobs), *named], {} if fork else {SWITCH: "0"})


CONTENDERS: dict[str, Contender] = {
    "papermill": papermill,
    "edition": lambda *order: papermill(*order, edition=True),
    "started": lambda *order: report(*order, jobs=1, fork=False),
    "1": lambda *order: report(*order, jobs=1),
    "2": lambda *order: report(*order, jobs=2),
}


def timed(asked: argparse.Namespace) -> None:
    """Print a line for each contender: medians, and the ratio to Papermill."""
    runs: dict[str, list[Taken]] = {name: [] for name in asked.contenders}
    for at in range(asked.rounds):
        turn = at % len(asked.contenders)
        for name in [*asked.contenders[turn:], *asked.contenders[:turn]]:
            with _folder(asked.out, name) as place:
                found = CONTENDERS[name](asked.data, asked.notebooks, place)
            runs[name].append(found)
            print(f"  round {at + 1} {name}: {found}", file=sys.stderr, flush=True)
    print(f"  {'':<10}{'clock s':>10}{'cores s':>10}{'peak GB':>10}{'× clock':>10}{'× cores':>10}")
    for name, mine in runs.items():
        middle = [statistics.median(each) for each in zip(*map(_row, mine), strict=True)]
        first = [_row(one) for one in runs[asked.contenders[0]]]
        pairs = zip(first, map(_row, mine), strict=True)
        times = zip(*([a / b for a, b in zip(*pair, strict=True)] for pair in pairs), strict=True)
        print(
            f"  {name:<10}"
            + "".join(f"{each:>10.2f}" for each in [*middle, *map(statistics.median, [*times][:2])])
        )


def _row(one: Taken) -> tuple[float, float, float]:
    return one.clock, one.cores, one.memory


def equal(asked: argparse.Namespace) -> bool:
    """Print how many cells of each notebook show the same; return whether all do."""
    wrong = 0
    with _folder(asked.out, "papermill") as place:
        if not [*place.iterdir()]:
            papermill(asked.data, asked.notebooks, place)
        for name, ours in executed(asked.data, asked.notebooks).items():
            both, other = compared(place / f"{name}.ipynb", ours)
            wrong += len(other)
            print(f"  {name}: {both} cells, {len(other)} show something else", flush=True)
            for source in other:
                print("    " + source.strip().splitlines()[-1])
    return not wrong


@contextmanager
def _folder(out: Path | None, name: str) -> Iterator[Path]:
    """Yield a contender's folder, which stays where one for all is named."""
    if out is None:
        with TemporaryDirectory(prefix="revkit-reports-") as place:
            yield Path(place)
    else:
        (out / name).mkdir(parents=True, exist_ok=True)
        yield out / name


def main() -> None:
    """Time the contenders, or compare what they show."""
    parser = argparse.ArgumentParser(
        description=reports.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="data/sample")
    parser.add_argument("--notebooks", nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--contenders", nargs="*", default=["papermill", "1", "2"], choices=list(CONTENDERS)
    )
    parser.add_argument("--equal", action="store_true")
    parser.add_argument("--out", type=Path, help="where executed notebooks and pages stay")
    asked = parser.parse_args()
    if asked.equal:
        sys.exit(0 if equal(asked) else 1)
    timed(asked)


if __name__ == "__main__":
    main()
