"""Numbers that others have published, each with the modules that make its company."""

import csv
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.support.companies import common

FOLDER = Path(__file__).parents[1] / "data" / "published"


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def builders(area):
    """What makes the companies of an area: its own module first, then the common one."""
    own = f"tests.support.companies.{area}"
    return [*([import_module(own)] if find_spec(own) else []), common]


FILES = {path: builders(path.stem) for path in sorted(FOLDER.glob("*.csv"))}
ROWS = [(row, modules) for path, modules in FILES.items() for row in lines(path)]
