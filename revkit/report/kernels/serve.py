"""The warm process from within, and what a fork of it does to become a kernel."""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import socket
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ctypes import CDLL
from importlib import import_module
from typing import Any, NoReturn

from revkit.report.kernels.engine import SleepingEngine
from revkit.sources import shared

READY = b"r"

IMPORTED = (
    "IPython", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipywidgets", "pandas", "numpy.random",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "revkit", "revkit.charts",
)  # fmt: skip
"""Modules that notebooks and their kernels import first, as far as they are here."""

PR_SET_PDEATHSIG = 1
"""Linux's number for it."""

INLINE = "module://matplotlib_inline.backend_inline"


def serve(channel: socket.socket, company: shared.AlreadyRead, engine: SleepingEngine) -> NoReturn:
    """Fork a kernel for each socket that comes by a channel, until the channel is closed.

    The process leaves then, with the kernels that it has.
    """
    # what was there before the fork is never collected: the end of another engine would wait for
    # threads that are not here
    gc.freeze()
    kernels: list[int] = []
    try:
        _detach()
        for name in IMPORTED:
            import_module(name)
        shared.keep(company)
        gc.collect()
        gc.freeze()  # and pages that are never looked through stay shared
        channel.sendall(READY)
        while handles := socket.recv_fds(channel, 1, 1)[1]:
            lifeline = socket.socket(fileno=handles[0])
            kernel = fork()
            if kernel == 0:
                channel.close()
                _become(lifeline, engine)
            kernels.append(kernel)
            lifeline.close()
    finally:
        for kernel in kernels:  # not waited for until now, so no other process has its number
            with suppress(OSError):
                os.killpg(kernel, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(kernel, 0)
        os._exit(0)


def fork() -> int:
    """Fork this process; the number is 0 in the fork.

    Python warns of threads. Those that are left are of libraries of numbers, which stand a fork.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _detach() -> None:
    """Leave the terminal, the streams and the handlers of the process that this is a fork of."""
    _end_with_parent()
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def _end_with_parent() -> None:
    """Have the system end this process when the one it is a fork of ends, however that happens."""
    CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _become(lifeline: socket.socket, engine: SleepingEngine) -> NoReturn:
    """Turn this fork into the kernel that the other end of its socket asks for."""
    code = 1
    try:
        _end_with_parent()
        os.setsid()
        asked = json.loads(_whole(lifeline))
        _settle(asked["environment"], asked["folder"])
        lifeline.sendall(b"%d" % os.getpid())
        engine.waken(asked["aside"])
        _serve_cells(asked["command"])
        code = 0
    finally:
        # without the interpreter's own end, which would run that of the process it is a fork of
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)


def _whole(lifeline: socket.socket) -> bytes:
    parts = []
    while part := lifeline.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def _settle(environment: Mapping[str, str], folder: str) -> None:
    """Take the variables and the folder of the kernel, and random numbers of its own."""
    import numpy as np

    os.environ.clear()
    os.environ.update(environment)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(folder)
    os.environ.setdefault("MPLBACKEND", INLINE)
    random.seed()
    np.random.seed()  # noqa: NPY002  # the one that cells may draw from without asking


def _serve_cells(command: Sequence[str]) -> None:
    """Run the kernel until it is told to end."""
    from ipykernel.kernelapp import IPKernelApp
    from matplotlib import pyplot
    from matplotlib_inline.backend_inline import configure_inline_support

    sys.argv = [*command[2:]]
    app: Any = IPKernelApp.instance()
    app.initialize([*command[3:]])
    # whatever has drawn figures before, these are shown as a kernel shows them
    pyplot.switch_backend(os.environ["MPLBACKEND"])
    configure_inline_support(app.shell, os.environ["MPLBACKEND"])  # type: ignore[no-untyped-call]
    app.start()
