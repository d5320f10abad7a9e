"""``revkit init``: a folder to work in, with notebooks, a mapping, alerts and a schedule."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.cli.options import Mapping
from revkit.errors import RevkitError, WriteError, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from revkit.sources.proposals import Proposal

MADE = "start"
"""Word by which a manifest tells these files from others of revkit."""

MAPPING = """\
# What your tables and columns are called: docs and examples are in the README of revkit.
# `revkit map PLACE` proposes one for your files. This one changes nothing yet.
tables: {}
"""

README = """\
# {name}

What to know about the data before their numbers:

    {revkit} check {data} --mapping mapping.yaml

The report, in reports/latest:

    sh report.sh

The same notebooks, to work in:

    {jupyter} lab notebooks

- `mapping.yaml` says what your tables and columns are called.
- `alerts.yaml` are the rules that alert. To try them:
  `{revkit} alerts alerts.yaml --data {data} --mapping mapping.yaml`
- `schedule.cron` runs the report on workdays at six: `crontab schedule.cron` sets it up, and
  replaces the crontab that is there; to keep that, add the line with `crontab -e`.
"""

CRON = """\
# minute hour day month weekday command; what fails or is new is mailed, progress is not
0 6 * * 1-5 sh {script} > /dev/null
"""

REPORT = """\
#!/bin/sh
# The report of this folder; its exit code is that of `revkit report`.
cd "$(dirname "$0")" || exit 2
exec {revkit} report --data {data} --mapping mapping.yaml \\
    --alerts alerts.yaml --fresh 3d --out reports/latest
"""


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to set up.")],
    data: Annotated[
        str, typer.Option(metavar="PLACE", help="Your data: folder, file, database or profile.")
    ],
    mapping: Mapping = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write beside other files in the folder; keep them.")
    ] = False,
) -> None:
    """Set up a folder to work in: notebooks, a mapping, rules of alerts, and a schedule.

    \b
    revkit init crm --data exports/crm
    revkit init billing --data exports/stripe --mapping stripe

    The data are looked at first. Where their names are not revkit's, the mapping is the one that
    revkit map proposes: read it before the first report. What you have changed is never replaced.

    Exit codes: 0 done, 1 it could not be written, 2 wrong usage, or data that the mapping does not
    read yet.
    """  # noqa: D301  # \b keeps the lines of the examples
    from revkit import manifest
    from revkit.sources import aliases
    from revkit.sources.proposals.writing import lacking

    try:
        where = manifest.real(folder)
        kept = manifest.check(where, MADE, force=force).left
        place = aliases.place_of_data(data)
        written, proposed = _mapping(data, mapping)
        with manifest.replacing(where, made=MADE, force=force) as (staged,):
            for name, text in _files(where, place, written):
                if name in kept or f"{Path(name).parts[0]}/" in kept:
                    continue
                (staged / name).parent.mkdir(exist_ok=True)
                (staged / name).write_text(text, encoding="utf-8")
    except RevkitError as error:
        typer.echo(f"revkit init: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WriteError) else WRONG_USAGE) from None
    if kept:
        typer.echo(f"left as they were: {listed(kept)}")
    if proposed and "mapping.yaml" not in kept:
        typer.echo(f"read {folder / 'mapping.yaml'}, which is proposed: {proposed.summary}")
        if missing := lacking(proposed.lines):
            typer.echo(f"revkit init: fill in the mapping first: {listed(missing)}", err=True)
            raise typer.Exit(WRONG_USAGE)
    typer.echo(f"next: sh {shlex.quote(str(folder / 'report.sh'))}")


def _mapping(data: str, mapping: str | None) -> tuple[str, Proposal | None]:
    """Return the text of the mapping, and the proposal that it is, if it is one."""
    from revkit.errors import MappingError, SourceError
    from revkit.sources import load
    from revkit.sources.proposals import propose_mapping
    from revkit.sources.vendors import VENDORS

    if mapping is not None:
        load(data, mapping=mapping)
        if mapping in VENDORS:
            return f"vendor: {mapping}  # the names of its exports, which come with revkit\n", None
        return Path(mapping).expanduser().read_text(encoding="utf-8"), None
    try:
        load(data)
    except (MappingError, SourceError) as refused:
        try:
            proposal = propose_mapping(data)
            return proposal.yaml, proposal
        except RevkitError:
            raise refused from None
    return MAPPING, None


def _files(folder: Path, data: str, mapping: str) -> Iterator[tuple[str, str]]:
    """Yield the files of the folder by name."""
    from revkit.report.alerts.rules import SHIPPED
    from revkit.report.notebooks import chosen

    words = {
        "revkit": shlex.quote(_command("revkit")),
        "jupyter": shlex.quote(_command("jupyter")),
        "data": shlex.quote(data),
    }
    yield "README.md", README.format(name=folder.name, **words)
    yield "mapping.yaml", mapping
    yield (
        "alerts.yaml",
        SHIPPED.read_text(encoding="utf-8").replace(
            "# Rules of --alerts default. Copy this file, change it, and pass yours.\n",
            "# Rules that alert: docs/alerts.md of revkit has all forms.\n",
        ),
    )
    yield "report.sh", REPORT.format(**words)
    script = shlex.quote(str(folder / "report.sh"))
    yield "schedule.cron", CRON.format(script=script.replace("%", r"\%"))  # cron ends a line at %
    for stem, file in chosen(()).items():
        yield f"notebooks/{stem}.ipynb", _notebook(file, data, str(folder / "mapping.yaml"))


def _command(name: str) -> str:
    """Return a command as a schedule finds it, which has another PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def _notebook(file: Path, data: str, mapping: str) -> str:
    """Return a notebook without outputs, that reads the data and the mapping of the folder."""
    notebook: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = [_given(line, data, mapping) for line in cell["source"]]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _given(line: str, data: str, mapping: str) -> str:
    name, rest = line.partition(":")[0], line.partition("#")[2]
    if name == "data":
        return f"data: str = {data!r}  #{rest}"
    if name == "mapping":
        return f"mapping: str | None = {mapping!r}  #{rest}"
    return line
