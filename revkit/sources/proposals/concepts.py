"""What the words of a name mean, in five languages: ``Abschlussdatum`` is close and date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from revkit.schema import TABLES
from revkit.yaml_files import load_yaml

FILE = Path(__file__).parent / "concepts.yaml"

WEAK = {"id": 0.4, "date": 0.35, "name": 0.6, "kind": 0.7, "line": 0.6}
"""Weights of concepts that say little; 1 for others."""

OTHER = 0.7
"""Weight of a word that means nothing known."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ELIDED = re.compile(r"\b[dDlL]['’](?=\w)")  # secteur d'activité, data dell'ordine
_LINKS = ("", "s", "n", "en", "es", "e", "er")  # between the parts of a German compound
_SHORTEST = 3


def plain(text: str) -> str:
    """Return text without accents.

    >>> plain("Importo già pagato, Größe")
    'Importo gia pagato, Groesse'
    """
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"),
                          ("Ö", "Oe"), ("Ü", "Ue")):  # fmt: skip
        text = text.replace(sign, letters)
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@cache
def _content() -> dict[str, dict[str, list[object]]]:
    """Return the shipped words, columns and tables."""
    content: dict[str, dict[str, list[object]]] = load_yaml(FILE)
    return content


@cache
def _meanings() -> Mapping[str, frozenset[str]]:
    """Return the concepts that each word may mean."""
    found: dict[str, set[str]] = {}
    for concept, words in _content()["words"].items():
        for word in (concept, *words):
            found.setdefault(plain(str(word)).lower(), set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


@dataclass(frozen=True)
class Meaning:
    """Words of a name: for each the concepts that it may mean; none if unknown."""

    words: tuple[frozenset[str], ...]

    @property
    def known(self) -> Meaning:
        """The words that mean something: what a file is called may hold anything else."""
        return Meaning(tuple(word for word in self.words if word))

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept that one of the words may mean."""
        return frozenset().union(*self.words)

    def likeness(self, wanted: Collection[str], about: Collection[str] = ()) -> float:
        """Return how much a name says some concepts, and nothing else: from 0 to 1.

        Parameters
        ----------
        wanted
            The concepts.
        about
            What the table is about, which its columns may say again.
        """
        said = 0.0
        more = 0.0
        left = set(wanted)
        for word in self.words:
            meant = word & left
            if meant:
                one = max(meant, key=_weight)
                left.discard(one)
                said += _weight(one)
            elif not word:
                more += OTHER
            elif word & set(wanted):
                continue  # said twice
            else:
                least = min(_weight(one) for one in word)
                more += 0.15 if word & set(about) else least
        lacking = sum(0.15 if one in about else _weight(one) for one in left)
        return said / (said + more + lacking) if said else 0.0


def _weight(concept: str) -> float:
    return WEAK.get(concept, 1.0)


@cache
def meaning(name: str) -> Meaning:
    """Return what a name of a file or a column says.

    >>> [sorted(word) for word in meaning("Abschlussdatum").words]
    [['close'], ['date']]
    >>> [sorted(word) for word in meaning("customerID").words]
    [['account'], ['id']]
    """
    text = plain(_ELIDED.sub("", re.sub(r"#|\bN[°º]|№", " id ", name)))
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    words = [word.lower() for word in _WORD.findall(spaced)]
    joined = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if joined in _meanings():
        return Meaning((_meanings()[joined],))
    found: list[frozenset[str]] = []
    for word in words:
        if not word.isdigit() and word not in _EMPTY:
            found += _parts(word)
    return Meaning(tuple(found))


_EMPTY = {
    "the", "of", "a", "an", "is", "has", "crm", "sales", "export", "data", "tbl", "dim", "fact",
    "stg", "raw", "v", "vw", "del", "della", "dello", "dei", "delle", "di", "der", "des", "die",
    "das", "und", "du", "de", "la", "les", "et", "e", "y", "list", "all", "c", "custom",
    "field", "do", "not", "modify", "am", "pm", "active", "v1", "v2", "v3", "final", "fct",
    "new", "copy", "esportazione", "exportation", "exportacion", "and", "for", "by", "il", "le",
    "los", "las", "un", "una", "cnt", "cd", "com", "real", "master", "search", "results", "zu",
    "in", "record", "datensatz", "no1", "address", "address1", "1", "eur", "usd", "gbp", "chf",
}  # fmt: skip


def _parts(word: str) -> list[frozenset[str]]:
    """Return the concepts of a word, or of the parts of a compound that all mean something."""
    known = _meanings()
    if word in known:
        return [known[word]]
    for ending in ("s", "n", "en", "e", "es", "er", "em"):
        if word.endswith(ending) and word.removesuffix(ending) in known:
            return [known[word.removesuffix(ending)]]
    for head in (word[:-2].removesuffix(link) for link in _LINKS if word.endswith(("nr", "id"))):
        if len(head) >= _SHORTEST and head in known:
            return [known[head], known["id"]]
    best = _compound(word)
    return [known[part] for part in best] if best else [frozenset()]


@cache
def _compound(word: str) -> tuple[str, ...]:
    """Return the fewest known words that make up a word; none where there are none."""
    known = _meanings()
    for size in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        head = word[:size]
        if head not in known:
            continue
        for link in _LINKS:
            rest = word[size:]
            if not rest.startswith(link):
                continue
            rest = rest.removeprefix(link)
            if len(rest) >= _SHORTEST and rest in known:
                return head, rest
            if len(rest) > _SHORTEST and (more := _compound(rest)):
                return head, *more
    return ()


def ways(table: str, column: str) -> Iterator[frozenset[str]]:
    """Yield the ways to say a column of the schema, each a set of concepts."""
    for way in _content()["columns"].get(f"{table}.{column}", []):
        yield frozenset(map(str, way if isinstance(way, list) else [way]))
    own = meaning(column.removesuffix("_on").removesuffix("_at"))
    names = column.split("_")
    dated = {"date"} if TABLES[table].columns[column].dated else set()
    if own.concepts or dated:
        # of several meanings of a word, the one that is called so
        said = {min(word, key=lambda one: (one not in names, one)) for word in own.words if word}
        yield frozenset(said | dated)


def about(table: str) -> frozenset[str]:
    """Return the concepts of a table: what its rows are.

    >>> sorted(about("opportunities"))
    ['opportunity']
    """
    return frozenset(str(way[0]) for way in _content()["tables"][table] if isinstance(way, list))


def likeness_of_table(name: str, table: str) -> float:
    """Return how much the name of a file says a table of the schema: from 0 to 1.

    >>> likeness_of_table("clienti_2024", "accounts"), likeness_of_table("fatture", "accounts")
    (1.0, 0.0)
    """
    said = meaning(name)
    some = 1.0 if len(said.known.words) == len(said.words) else 0.9
    return some * max(
        said.known.likeness(frozenset(map(str, way)))
        for way in _content()["tables"][table]
        if isinstance(way, list)
    )
