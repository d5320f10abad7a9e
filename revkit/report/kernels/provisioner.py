"""Provisioner: how Jupyter starts, watches and ends a forked kernel."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from revkit.report.kernels.warm import Warm

LAUNCHER = ["-m", "ipykernel_launcher"]


def forked(manager: KernelManager, warm: Warm, aside: str) -> ForkedProvisioner:
    """Return the provisioner by which a manager forks its kernel from a warm process.

    Rows that do not fit into the kernel's memory go into the folder ``aside``.
    """
    manager.kernel_id = str(uuid4())
    return ForkedProvisioner(
        warm=warm, aside=aside, kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec,
        parent=manager,
    )  # fmt: skip


class ForkedProvisioner(LocalProvisioner):
    """Provisioner that forks a kernel instead of starting an interpreter.

    A kernel that is to be another interpreter, or another program, is started anew; so is one that
    the warm process cannot fork, which may have been killed.
    """

    def __init__(self, *, warm: Warm, aside: str, **traits: Any) -> None:
        super().__init__(**traits)
        self.warm, self.aside = warm, aside

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel for a command."""
        same = os.path.realpath(cmd[0]) == os.path.realpath(sys.executable)
        if not same or cmd[1:3] != LAUNCHER:
            return await super().launch_kernel(cmd, **kwargs)
        folder = str(kwargs.get("cwd") or Path.cwd())
        try:
            kernel = self.warm.fork(cmd, kwargs["env"], folder, self.aside)
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = kernel  # type: ignore[assignment]  # has the methods of one that it calls
        self.pid = self.pgid = kernel.pid  # it leads a group of its own
        self.cwd = folder
        return self.connection_info
