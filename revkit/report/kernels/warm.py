"""Warm process: it has imported what notebooks import and read their company, and forks kernels.

A kernel that is started anew imports for seconds, then reads and checks the company for seconds. A
fork has all of it in a few milliseconds, and shares the memory. The warm process is a fork of the
one that planned the report, so nothing is read for it either. It never runs a cell.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from revkit.report.kernels.engine import SleepingEngine
from revkit.report.kernels.serve import READY, fork, serve

if TYPE_CHECKING:
    from revkit.sources.shared import AlreadyRead

SWITCH = "REVKIT_FORK"
"""Environment variable; ``0`` has every kernel started anew."""


LONGEST = 120.0
"""Seconds that the process may take to import what notebooks do."""


class Warm:
    """The warm process of a report, started when the first kernel is asked for.

    Parameters
    ----------
    company
        What kernels get when they load what the report was ordered for.

    Notes
    -----
    A fork takes over memory, but no threads. So there is no warm process where another thread may
    hold a lock at that moment, nor on systems other than Linux, whose own libraries do not all
    stand a fork, nor for a company on a database server. Kernels are then started anew, which takes
    longer and shows the same.
    """

    def __init__(self, company: AlreadyRead) -> None:
        self._company = company
        self._channel: socket.socket | None = None
        self._process = 0
        self._refused = sys.platform != "linux" or os.environ.get(SWITCH) == "0"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process, and kernels that it still has."""
        if self._channel is not None:
            self._channel.close()
            os.waitpid(self._process, 0)
            self._channel = None

    def start(self) -> bool:
        """Start the process unless it runs; report whether there is one to fork from."""
        if self._channel is None and not self._refused:
            engine = SleepingEngine.of(self._company.data)
            if engine is not None and threading.active_count() == 1:
                self._start(engine)
            self._refused = self._channel is None
        return not self._refused

    def _start(self, engine: SleepingEngine) -> None:
        ours, theirs = socket.socketpair()
        gc.collect()
        with engine.asleep():
            process = fork()
            if process == 0:
                ours.close()
                serve(theirs, self._company, engine)
        theirs.close()
        if _is_ready(ours):
            self._channel, self._process = ours, process
        else:
            ours.close()
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)

    def fork(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str, aside: str
    ) -> ForkedKernel:
        """Fork a kernel.

        Parameters
        ----------
        command
            As it would be started anew: an interpreter, its module, arguments.
        environment
            All variables of the kernel.
        folder
            The folder that it runs in.
        aside
            A folder for rows that do not fit into its memory.

        Raises
        ------
        OSError
            When the warm process has been killed, or there are too many processes.
        """
        if self._channel is None:
            raise ProcessLookupError("there is no warm process")
        Path(folder).stat()  # one that is not there is said by its name
        asked = {"command": [*command], "environment": {**environment}, "folder": folder}
        asked["aside"] = aside
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._channel, [b"k"], [theirs.fileno()])
            ours.settimeout(LONGEST)
            ours.sendall(json.dumps(asked).encode())
            ours.shutdown(socket.SHUT_WR)
            said = ours.recv(32)
            if not said:
                raise ProcessLookupError("the warm process did not fork")
        except OSError:
            ours.close()
            raise
        ours.setblocking(False)
        return ForkedKernel(int(said), ours)


def _is_ready(channel: socket.socket) -> bool:
    """Report whether a warm process says that it is ready; it may have left, or wait for a lock."""
    channel.settimeout(LONGEST)
    try:
        return channel.recv(len(READY)) == READY
    except TimeoutError:
        return False
    finally:
        channel.settimeout(None)


class ForkedKernel:
    """A forked kernel, with the methods of a :class:`subprocess.Popen` that Jupyter calls.

    It is no child of this process. That it has ended is told by its socket, which nobody else has.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, lifeline: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._lifeline = lifeline

    def poll(self) -> int | None:
        """Return None while it runs, and then 0: the code it left with is not known."""
        if self.returncode is None and self._ended():
            self.returncode = 0
            self._lifeline.close()
        return self.returncode

    def _ended(self) -> bool:
        try:
            return not self._lifeline.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        if self.returncode is None:
            self._lifeline.settimeout(timeout)
            self._ended()
            self._lifeline.setblocking(False)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended. Its number is nobody else's until the report ends."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
