"""A command, with what it and all processes that it starts take."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

EVERY = 0.5
"""Seconds between looks at the memory."""


@dataclass(frozen=True)
class Taken:
    """Seconds of the clock and of the cores, and GB of memory at the peak."""

    clock: float
    cores: float
    memory: float

    @classmethod
    def by(cls, several: Iterable[Taken]) -> Taken:
        """Return what commands take one after another."""
        all_of = [*several]
        return cls(
            sum(one.clock for one in all_of),
            sum(one.cores for one in all_of),
            max(one.memory for one in all_of),
        )


def taken(
    command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: str | None = None
) -> Taken:
    """Run a command to its end, and return what it took.

    Raises
    ------
    CalledProcessError
        When it fails.
    """
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  # commands of this benchmark
        command, env={**os.environ, **(environment or {})}, cwd=cwd, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watch.start()
    said, _ = process.communicate()
    clock, after = time.perf_counter() - start, os.times()
    watch.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said)
    cores = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    return Taken(clock, cores, peak[0])


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Keep the largest memory of a process and its descendants, until it has ended."""
    whole = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        with suppress(psutil.Error):
            for one in (whole, *whole.children(recursive=True)):
                with suppress(psutil.Error):
                    total += one.memory_full_info().pss
        peak[0] = max(peak[0], total / 1e9)
        time.sleep(EVERY)
