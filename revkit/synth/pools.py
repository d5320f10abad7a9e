"""Names of people, companies and cities: made once by Faker, shipped as files.

Faker is needed only to make a pool (``python -m revkit.synth.pools it_IT``), because what it
returns for one seed changes with its version and, for some locales, from one run to the next.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

FOLDER = Path(__file__).parent / "pools"
SIZES = {"company": 4096, "city": 512, "first_name": 512, "last_name": 1024}


@cache
def pool(locale: str = "en_US") -> dict[str, tuple[str, ...]]:
    """The values of one locale: company, city, first_name, last_name, each unique and sorted."""
    text = files("revkit.synth").joinpath("pools", f"{locale}.json").read_text(encoding="utf-8")
    return {kind: tuple(values) for kind, values in json.loads(text).items()}


def make_pool(locale: str, folder: Path = FOLDER) -> Path:
    """Draw a pool from Faker and write it; returns the file."""
    from faker import Faker

    faker = Faker(locale)
    faker.seed_instance(1)
    values = {kind: draw(getattr(faker, kind), size) for kind, size in SIZES.items()}
    path = folder / f"{locale}.json"
    path.write_text(json.dumps(values, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return path


def draw(source: Callable[[], str], size: int) -> list[str]:
    """Up to ``size`` different values, sorted; fewer where the source has no more."""
    found: dict[str, None] = {}
    for _ in range(60 * size):
        found[source()] = None
        if len(found) == size:
            break
    return sorted(found)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(make_pool(name))
