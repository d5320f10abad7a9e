"""Run tests on broken code in forks of a process that has collected them once.

A fork exchanges the code of one function, or compiles one module broken where the error is outside
functions, and runs the tests that reach the line: first those that have caught most so far, then
the fastest. It leaves at the first that fails. One that takes too long has noticed, too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.machinery as machinery
import json
import os
import resource
import select
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest

from benchmarks.mutations.operators import Mutant, applied

OPTIONS = ["-q", "-pno:cacheprovider"]
SLOW = 15.0  # seconds of a test that is not run


@dataclass
class Reach:
    """Which tests run which lines, and how long each takes."""

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def tests(self, mutant: Mutant) -> set[str]:
        """Name the tests that run the lines of an error, or any line of its module."""
        lines = self.lines.get(mutant.module, {})
        if not mutant.first:
            return set().union(*lines.values())
        return set().union(*(lines.get(n, ()) for n in range(mutant.line, mutant.last + 1)))

    def plus(self, other: Reach) -> Reach:
        lines = {module: dict(by_line) for module, by_line in self.lines.items()}
        for module, by_line in other.lines.items():
            mine = lines.setdefault(module, {})
            for line, names in by_line.items():
                mine[line] = mine.get(line, set()) | names
        return Reach(lines, self.seconds | other.seconds)

    def write(self, path: Path) -> None:
        tests = list(self.seconds)
        place = {name: number for number, name in enumerate(tests)}
        lines = {
            module: {line: sorted(place[t] for t in names) for line, names in by_line.items()}
            for module, by_line in self.lines.items()
        }
        path.write_text(json.dumps({"seconds": self.seconds, "lines": lines}), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Reach:
        kept = json.loads(path.read_text(encoding="utf-8"))
        tests = list(kept["seconds"])
        lines = {
            module: {int(line): {tests[n] for n in names} for line, names in by_line.items()}
            for module, by_line in kept["lines"].items()
        }
        return cls(lines, kept["seconds"])


@dataclass
class Verdict:
    """What became of an error: killed, timeout, survived or not reached, and by which test."""

    mutant: Mutant
    outcome: str
    test: str = ""
    seconds: float = 0.0
    ran: int = 0


class Loop:
    """A pytest plugin that runs what it is given in place of pytest's own loop."""

    def __init__(self, body: Callable[[pytest.Session], None]) -> None:
        self.body = body

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.body(session)
        return True


class Failures:
    """A pytest plugin that keeps what failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def collect(files: list[str], body: Callable[[pytest.Session], None]) -> int:
    """Collect the tests of files and give them to a body; return pytest's exit code."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return int(pytest.main([*OPTIONS, *files], plugins=[Loop(body)]))


def measure(
    root: Path, packages: tuple[str, ...], session: pytest.Session, known: Reach | None
) -> Reach:
    """Run every collected test in a fork, watching which lines each reaches.

    Of those that an earlier run has watched nothing is asked again.
    """
    path = root / "reach.json"
    earlier = known or Reach()
    new = [
        item for item in session.items if item.nodeid not in earlier.seconds and not is_law(item)
    ]
    if not new:
        return earlier

    def run() -> None:
        watch = coverage.Coverage(
            data_file=None, source=[str(root / package) for package in packages], config_file=False
        )
        watch.start()
        reach, failures = Reach(), Failures()
        session.config.pluginmanager.register(failures)
        for number, item in enumerate(new):
            following = new[number + 1] if number + 1 < len(new) else None
            watch.switch_context(item.nodeid)
            start = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            reach.seconds[item.nodeid] = time.process_time() - start
        watch.stop()
        data = watch.get_data()
        for file in data.measured_files():
            reach.lines[str(Path(file).relative_to(root))] = {
                line: {name for name in names if name}
                for line, names in data.contexts_by_lineno(file).items()
            }
        for name in failures.failed:  # what fails unbroken tells nothing
            reach.seconds[name] = float("inf")
            print(f"fails unbroken, not used: {name}", file=sys.__stderr__)
        reach.write(path)

    fork(lambda _: run(), timeout=7200)
    return earlier.plus(Reach.read(path))


def fork(body: Callable[[Callable[[dict[str, Any]], None]], None], timeout: float) -> list[dict]:
    """Run a body in a child of its own group; return what it told before it ended or hung.

    It may take so many seconds of the processor, and ten times as long by the clock.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(timeout) + 1, int(timeout) + 5))
        os.close(reading)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream) if stream < 2 or not os.environ.get("MUTATIONS_DEBUG") else None

        def tell(what: dict[str, Any]) -> None:
            os.write(writing, (json.dumps(what) + "\n").encode())

        try:
            body(tell)
        except BaseException as error:
            tell({"not run": repr(error)[:300]})
            if os.environ.get("MUTATIONS_DEBUG"):
                import traceback

                traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    text, end = b"", time.monotonic() + 10 * timeout
    while (left := end - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            part = os.read(reading, 65536)
            if not part:
                break
            text += part
    else:
        text += b'{"timeout": true}\n'
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
    os.close(reading)
    end_signal = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if end_signal == -signal.SIGXCPU:
        text += b'{"timeout": true}\n'
    elif end_signal < 0 and not text.endswith(b'"timeout": true}\n'):
        text += b'{"failed": "the process died"}\n'
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    return [json.loads(line) for line in text.decode().splitlines()]


# How an error gets into a process


def code_of(module: types.CodeType, name: str, first: int) -> types.CodeType:
    """Find the code of a function, or of a method in classes, in that of its module."""
    inner = module
    *classes, function = name.split(".")
    for part in classes:
        inner = next(c for c in constants(inner) if c.co_name == part)
    return next(c for c in constants(inner) if (c.co_name, c.co_firstlineno) == (function, first))


def constants(code: types.CodeType) -> Iterator[types.CodeType]:
    return (one for one in code.co_consts if isinstance(one, types.CodeType))


def functions(root: Path) -> dict[tuple[str, str, int], list[types.FunctionType]]:
    """List the functions of the kit that are there, by file, name and first line."""
    found = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType):
            code = thing.__code__
            if code.co_filename.startswith(str(root)):
                key = (code.co_filename, code.co_qualname, code.co_firstlineno)
                found[key].append(thing)
    return found


def exchange(mutant: Mutant, root: Path, known: dict) -> bool:
    """Give a function its broken code in this process; report whether that is possible."""
    path = str(root / mutant.module)
    tree = applied(Path(path).read_text(encoding="utf-8"), mutant.index)
    targets = known.get((path, mutant.function, mutant.first), [])
    if not targets:
        return False
    broken = code_of(compile(tree, path, "exec"), mutant.function, mutant.first)
    try:
        for function in targets:
            function.__code__ = broken
    except ValueError:  # it no longer uses a name of the scope around
        return False
    return True


def load_broken(mutant: Mutant, root: Path) -> None:
    """Let the module be imported broken, in a process that has not imported it."""
    path = str(root / mutant.module)
    tree = applied(Path(path).read_text(encoding="utf-8"), mutant.index)
    usual = machinery.SourceFileLoader.get_code

    def get_code(self: machinery.SourceFileLoader, name: str) -> types.CodeType | None:
        return compile(tree, path, "exec") if self.path == path else usual(self, name)

    machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


# How tests are chosen and run


def order(
    names: set[str], reach: Reach, kills: Counter[str], mutant: Mutant, spend: float
) -> list[str]:
    """Sort tests by what they have caught and how fast they are, as far as time is given."""
    own = mutant.function.rsplit(".")[-1]

    def key(name: str) -> tuple[bool, float, str]:
        seconds = reach.seconds.get(name, SLOW)
        return (f"{own}-" not in name, (0.02 + seconds) / (1 + kills[name]), name)

    chosen, spent = [], 0.0
    for name in sorted(names, key=key):
        seconds = reach.seconds.get(name, SLOW)
        if seconds < SLOW and spent + seconds <= spend:
            chosen.append(name)
            spent += seconds
    return chosen


def is_law(item: pytest.Item) -> bool:
    """Report whether a test asks the whole catalogue for a law: it is run for some metrics."""
    return getattr(item, "originalname", "") == "test_law"


def narrowed(items: list[pytest.Item], metrics: tuple[str, ...]) -> list[pytest.Item]:
    """Choose the laws and let them ask for some metrics only."""
    laws = [item for item in items if is_law(item)]
    for item in laws:
        item.module.NAMES = metrics  # type: ignore[attr-defined]
    return laws


def run_until_failure(
    items: list[pytest.Item], tell: Callable[[dict[str, Any]], None], seconds: float = 1e9
) -> bool:
    """Run tests, telling of each; report whether one failed."""
    if not items:
        return False
    failures = Failures()
    manager = items[0].config.pluginmanager
    manager.register(failures)
    end = time.process_time() + seconds
    for number, item in enumerate(items):
        tell({"runs": item.nodeid})
        following = items[number + 1] if number + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if failures.failed:
            tell({"failed": failures.failed[0]})
            return True
        if time.process_time() > end:
            break
    manager.unregister(failures)
    return False


def judged(mutant: Mutant, told: list[dict], seconds: float) -> Verdict:
    """Say what became of an error from what its fork told."""
    runs = [line["runs"] for line in told if "runs" in line]
    for line in told:
        if "failed" in line:
            return Verdict(mutant, "killed", line["failed"], seconds, len(runs))
        if "not run" in line:  # the runner's own trouble tells nothing of the tests
            return Verdict(mutant, "not reached", line["not run"], seconds, len(runs))
        if "timeout" in line:
            return Verdict(mutant, "timeout", (runs or [""])[-1], seconds, len(runs))
    return Verdict(mutant, "survived" if runs else "not reached", "", seconds, len(runs))
