"""Pools of names of people, companies and cities, drawn once by Faker and shipped as files.

Faker is needed only to make a pool (``revkit pool --locale ja_JP``), because what it returns for
one seed changes with its version and, for some locales, with the order of Python's sets: those
that ship were made with ``PYTHONHASHSEED=0``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from revkit.errors import ParameterError

FOLDER = Path(__file__).parent / "pools"
SIZES = {"company": 4096, "city": 512, "first_name": 512, "last_name": 1024}


@cache
def pool(locale: str = "en_US") -> dict[str, tuple[str, ...]]:
    """Read the names of a locale: company, city, first_name, last_name, unique and sorted.

    Raises
    ------
    ParameterError
        When there is no pool of that locale.
    """
    if locale not in locales():
        raise ParameterError.no_pool(locale, known=locales())
    text = (FOLDER / f"{locale}.json").read_text(encoding="utf-8")
    return {kind: tuple(values) for kind, values in json.loads(text).items()}


def locales() -> list[str]:
    """List the locales that have a pool."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def make_pool(locale: str, folder: Path = FOLDER) -> Path:
    """Draw a pool from Faker and write it; return the file.

    Raises
    ------
    ParameterError
        When Faker has no locale of that name.
    """
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise ParameterError.no_locale(locale, known=sorted(AVAILABLE_LOCALES))
    faker = Faker(locale)
    faker.seed_instance(1)
    values = {kind: draw_unique(getattr(faker, kind), size) for kind, size in SIZES.items()}
    path = folder / f"{locale}.json"
    path.write_text(json.dumps(values, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return path


def draw_unique(source: Callable[[], str], size: int) -> list[str]:
    """Draw up to ``size`` different values, sorted; fewer if the source has no more."""
    found: dict[str, None] = {}
    for _ in range(60 * size):
        found[source()] = None
        if len(found) == size:
            break
    return sorted(found)
