"""Voila on the dashboard's notebook: on this machine alone, and for who has its key."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Any

from revkit.errors import ReportError
from revkit.language import in_language
from revkit.report.availability import parts_left
from revkit.report.request import Order, plan
from revkit.report.run import parametrized

HOME = Path(__file__).parent
NOTEBOOK = HOME / "dashboard.ipynb"
PLACE = "127.0.0.1"
"""Address at which it answers: to browsers on this machine."""

TRANSPORT = "tcp" if sys.platform == "win32" else "ipc"
"""Way to speak to kernels: by files that other users cannot read, where there are such."""

UNUSED = 900
"""Seconds after which the kernel of a page that nobody uses any more is stopped."""


@dataclass(frozen=True)
class Prepared:
    """The notebook with a company's values in it, and the variables that its kernels need."""

    notebook: Any
    environment: Mapping[str, str]


def prepared(order: Order) -> Prepared:
    """Return the dashboard of a company, checked like a report; what it lacks is left out.

    Raises
    ------
    RevkitError
        When a date, a filter or the data is not what it must be.
    """
    planned = plan(order)
    (job,) = planned.jobs
    with in_language(order.language):
        needed, _ = parts_left(job.notebook, planned.data)
        return Prepared(parametrized(needed, job.parameters), planned.environment)


def serve(made: Prepared, port: int, *, key: str | None = None) -> None:
    """Answer browsers of this machine until it is interrupted; each page has a kernel of its own.

    Parameters
    ----------
    made
        The dashboard.
    port
        Where to listen.
    key
        What a browser must bring in its first address; a new one when omitted.

    Raises
    ------
    ReportError
        When another program listens there.
    """
    import nbformat
    from voila.app import Voila

    _check_free(port)
    key = key or token_urlsafe(16)
    os.environ.update(made.environment, JUPYTER_TOKEN=key, JUPYTER_PATH=_templates())
    print(f"open http://{PLACE}:{port}/?token={key}", "(stop it with Ctrl-C)", flush=True)
    with TemporaryDirectory(prefix="revkit-dashboard-") as folder:
        file = Path(folder, NOTEBOOK.name)
        file.write_text(nbformat.writes(made.notebook), encoding="utf-8")
        Voila.launch_instance([str(file), *_switches(port)])


def _switches(port: int) -> list[str]:
    """Return what Voila is told: no code, no tracebacks, no other address, no other port."""
    return [
        f"--Voila.ip={PLACE}",
        f"--port={port}",
        "--Voila.port_retries=0",
        "--Voila.auto_token=True",
        "--no-browser",
        "--template=revkit",
        "--strip_sources=True",
        "--show_tracebacks=False",
        f"--KernelManager.transport={TRANSPORT}",
        f"--MappingKernelManager.cull_idle_timeout={UNUSED}",
        "--MappingKernelManager.cull_interval=60",
        "--Voila.log_level=ERROR",
    ]


def _templates() -> str:
    """Return where Jupyter looks for templates: the kit's first, then where it looked before."""
    return os.pathsep.join(filter(None, [str(HOME / "share"), os.environ.get("JUPYTER_PATH")]))


def _check_free(port: int) -> None:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((PLACE, port))
        except OSError as error:
            raise ReportError.no_port(port, problem=error.strerror or str(error)) from None
