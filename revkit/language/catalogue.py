"""The translated messages of a language, read from its .po file."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.support import Translations

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "revkit"


def po_file(code: str) -> Path:
    """Return the path of a language's .po file."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(code: str) -> Translations:
    """Return the messages of a language, compiled from its .po file once per process.

    Compiled in memory, so an edited .po file needs no build step and no .mo file can be stale.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with po_file(code).open("rb") as file:
        catalogue = read_po(file, locale=code, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
