"""Command line: ``revkit report``, ``scorecard``, ``check`` and the others."""

from revkit.cli.commands import app, main

__all__ = ["app", "main"]
