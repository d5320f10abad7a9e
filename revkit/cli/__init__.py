"""Command line: ``revkit report``, ``check``, ``map``, ``alerts`` and ``pool``."""

from revkit.cli.commands import app, main

__all__ = ["app", "main"]
