"""Command line of the mutated inputs: each in a process of its own, and a table of verdicts."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.inputs import columns, files, mappings, values
from benchmarks.inputs.company import METRICS
from benchmarks.inputs.judge import FAILURES, HANG, RAW, Answers, Input, clean, emptied, judge

SECONDS, MEMORY = 60, 6 * 2**30


def every() -> list[Input]:
    """Return all inputs."""
    return [each for part in (columns, values, files, mappings) for each in part.inputs()]


def sample(size: int) -> list[Input]:
    """Return as many inputs of each kind, evenly spread; damaged bytes need their own process."""
    kinds: dict[str, list[Input]] = defaultdict(list)
    for each in every():
        kinds[each.kind].append(each)
    del kinds["damage"]
    share = size // len(kinds)
    return [
        whole[(2 * at + 1) * len(whole) // (2 * share)]
        for whole in kinds.values()
        for at in range(share)
    ]


def run(given: Input, folder: Path, right: Answers, most: int | None = None) -> tuple[str, str]:
    """Judge an input here, given the numbers of the valid company."""
    also = [] if given.like is None else [clean(given.table, given.like, most)]
    return judge(given, emptied(folder), [right, *also], most)


def bounded(work: Callable[[], Any]) -> Any:
    """Return what a function returns in a process of its own, bounded in time and memory."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, theirs))
    process.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(SECONDS) else (HANG, f"more than {SECONDS} s")
    except EOFError:
        process.join(5)
        found = (RAW, f"the process died ({process.exitcode})")
    process.kill()
    process.join()
    return found


def _child(work: Callable[[], Any], answer: Any) -> None:
    """Send what a function returns."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer.send(work())
    except BaseException as error:
        answer.send(("not run", f"{type(error).__name__}: {error}"[:300]))


def main() -> int:
    """Run inputs and print the verdicts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inputs")
    parser.add_argument("--kind", help="only inputs of this kind")
    parser.add_argument("--every", type=int, default=1, help="only one input of so many")
    parser.add_argument("--show", default="", help="also print inputs of this verdict")
    order = parser.parse_args()
    import revkit as rk

    _ = rk.metrics.win_rate  # imports are done once, before the processes part
    import duckdb  # noqa: F401
    import ibis.backends.duckdb  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    chosen = [each for each in every()[:: order.every] if order.kind in (None, each.kind)]
    verdicts: Counter[tuple[str, str]] = Counter()
    right = {table: bounded(partial(clean, table)) for table in METRICS}
    with tempfile.TemporaryDirectory() as folder:
        for given in chosen:
            place = Path(folder) / "company"
            verdict, said = bounded(partial(run, given, place, right[given.table]))
            verdicts[given.kind, verdict] += 1
            if verdict in (*FAILURES, "not run") or verdict == order.show:
                print(f"{verdict}: {given.kind}: {given.name}: {said}", flush=True)
    _print(verdicts)
    return int(any(verdict in FAILURES for _, verdict in verdicts))


def _print(verdicts: Counter[tuple[str, str]]) -> None:
    """Print the verdicts by kind."""
    kinds = sorted({kind for kind, _ in verdicts})
    names = sorted({verdict for _, verdict in verdicts})
    print(f"{'kind':<16}" + "".join(f"{name:>18}" for name in names))
    for kind in kinds:
        print(f"{kind:<16}" + "".join(f"{verdicts[kind, name]:>18}" for name in names))
    total = [sum(verdicts[kind, name] for kind in kinds) for name in names]
    print(f"{'all':<16}" + "".join(f"{count:>18}" for count in total))


if __name__ == "__main__":
    sys.exit(main())
