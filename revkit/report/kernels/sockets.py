"""Sockets of a kernel: files in a folder of its own, and not ports, which any process may take."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

LONGEST = 80
"""Bytes of a folder's path; systems allow some hundred for that of a socket in it."""


def in_folder(manager: Any, folder: str) -> None:
    """Have a kernel talk by files of a folder, which must be there until it has ended.

    A port is found first and opened by the kernel later. On a busy machine another process takes it
    in between, and the kernel dies. Ports stay where a system has no such sockets, and where the
    path is too long for one.

    Parameters
    ----------
    manager
        The manager of a kernel that has not been started.
    folder
        Readable by this user alone: who reaches the sockets runs code.
    """
    if sys.platform == "win32" or len(os.fsencode(folder)) > LONGEST:
        return
    manager.transport = "ipc"
    manager.connection_file = str(Path(folder) / "kernel.json")
    manager.ip = str(Path(folder) / "kernel")
