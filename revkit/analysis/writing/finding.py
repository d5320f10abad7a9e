"""Sentences as a page shows them: findings at its top, a conclusion below a figure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from revkit import arguments as check
from revkit.language import LITERAL
from revkit.language import language as spoken

MIME = "application/vnd.revkit.findings+json"
NOTHING = "Nothing here stands out by more than noise."
"""The sentence of a page without findings, in English."""


class Finding(str):
    """A sentence about data; `quiet` when all it has to say is that nothing stands out.

    ``aside`` is a second sentence on the data, such as that a period is unfinished: part of the
    text, but written once where several findings stand together. ``about`` is the metric of whose
    lasting change it tells: of several sentences about one, a page has the first. ``level`` is true
    where it states a value and nothing follows from it. ``front`` is what a report's first page
    says of it: the sentence itself when omitted, nothing where it is empty. ``picture`` is an SVG
    that stands below it. ``place`` is the group that it names, as pairs of dimension and value, and
    ``since`` the month in which its change began.
    """

    __slots__ = (
        "about", "aside", "front", "level", "main", "picture", "place", "quiet", "since",
    )  # fmt: skip
    about: str
    aside: str
    front: str
    level: bool
    main: str
    picture: str
    place: tuple[tuple[str, str], ...]
    quiet: bool
    since: date | None

    def __new__(
        cls,
        sentence: str,
        *,
        quiet: bool = False,
        aside: str = "",
        about: str = "",
        picture: str = "",
        level: bool = False,
        front: str | None = None,
        place: Iterable[tuple[str, str]] = (),
        since: date | None = None,
    ) -> Finding:
        """Make the sentence."""
        finding = super().__new__(cls, f"{sentence} {aside}" if aside else sentence)
        finding.main, finding.quiet, finding.aside, finding.about = sentence, quiet, aside, about
        finding.picture, finding.place, finding.since = picture, tuple(place), since
        finding.level = level
        finding.front = sentence if front is None else front
        return finding


@dataclass(frozen=True)
class Findings:
    """A list of sentences, as a page shows it and as an index collects it.

    ``asides`` are sentences on the data behind them, below the list and not collected; ``pictures``
    the SVG below a sentence, and ``fronts`` what a report's first page says of it, by sentence.
    """

    sentences: tuple[str, ...]
    asides: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    fronts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([*(f"- {sentence}" for sentence in self.sentences), *self.asides])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        items = "".join(
            f"<li>{html.escape(sentence)}{_below(self.pictures.get(sentence, ''))}</li>"
            for sentence in self.sentences
        )
        asides = "".join(f"<p><small>{html.escape(aside)}</small></p>" for aside in self.asides)
        lines = [f"- {_markdown(sentence)}" for sentence in self.sentences]
        return {
            "text/plain": str(self),
            "text/markdown": "\n".join([*lines, *(f"\n{_markdown(one)}" for one in self.asides)]),
            "text/html": f'<ul class="findings {LITERAL}">{items}</ul>{asides}',
            MIME: {
                "findings": list(self.sentences),
                "front": [self.fronts.get(one, one) for one in self.sentences],
            },
        }


@dataclass(frozen=True)
class Conclusion:
    """One sentence below a figure, introduced by "So"."""

    sentence: str
    so: str = "So:"

    def __str__(self) -> str:
        return f"{self.so} {self.sentence}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/plain": str(self),
            "text/markdown": f"**{self.so}** {_markdown(self.sentence)}",
            "text/html": f'<p class="so {LITERAL}"><strong>{html.escape(self.so)}</strong> '
            f"{html.escape(self.sentence)}</p>",
        }


def findings(sentences: Iterable[str], *, language: str | None = None) -> Findings:
    """Return the sentences worth reading, to be shown first on a page.

    Parameters
    ----------
    sentences
        What the functions of :mod:`revkit.analysis.writing.comparisons` returned, or plain text.
        Quiet and empty ones are left out, and what is said twice is said once: also where two
        tell of the lasting change of one metric, as :func:`revkit.watch` and
        :func:`revkit.say.step` may.
    language
        Of the sentence in place of none: "en" or "it"; the default one when omitted. The
        sentences given are in the language they were made in.

    Examples
    --------
    >>> print(findings(["Win rate was 31 %.", Finding("Within noise.", quiet=True)]))
    - Win rate was 31 %.
    """
    sentences = check.several(sentences, "sentences", "rk.findings", example="[rk.say.level(…)]")
    for text in sentences:
        check.of_kind(
            text, str, "sentences", "rk.findings", needed="a list of texts",
            example="[rk.say.level(…)]",
        )  # fmt: skip
    worth = _once([text for text in sentences if text and not getattr(text, "quiet", False)])
    asides = dict.fromkeys(one.aside for one in sentences if isinstance(one, Finding) and one.aside)
    nothing = spoken(language).gettext("Nothing here stands out by more than noise.")
    said = dict.fromkeys(_main(text) for text in worth)
    made = [one for one in worth if isinstance(one, Finding)]
    drawn = {one.main: one.picture for one in made if one.picture}
    fronts = {one.main: one.front for one in made if one.front != one.main}
    return Findings(tuple(said) or (nothing,), tuple(asides), drawn, fronts)


def so(sentence: str, *others: str, language: str | None = None) -> Conclusion | None:
    """Return sentences to stand below a figure, beginning with "So", if something follows.

    Nothing does of quiet findings, nor of those that only state a value, which the figure shows.

    Parameters
    ----------
    sentence, *others
        Plain texts, or findings.
    language
        Of the introduction: "en" or "it"; the default one when omitted.

    Examples
    --------
    >>> print(so("Win rate rose."))
    So: Win rate rose.
    """
    for one in (sentence, *others):
        check.text(one, "sentence", "rk.notebook.so", example="Win rate rose.")
    told = [one for one in (sentence, *others) if not any(getattr(one, what, 0) for what in SILENT)]
    if not told:
        return None
    return Conclusion(" ".join(map(_main, told)), spoken(language).gettext("So:"))


SILENT = ("quiet", "level")
"""Properties of findings from which nothing follows."""


def _once(sentences: Iterable[str]) -> list[str]:
    """Return the sentences without those on a change that was told above in another way."""
    told: set[str] = set()
    kept = []
    for one in sentences:
        about = getattr(one, "about", "")
        if not about or about not in told:
            kept.append(one)
        told.add(about)
    return kept


def _main(sentence: str) -> str:
    """Return a sentence without its aside, which the figure or the list beside it has."""
    return sentence.main if isinstance(sentence, Finding) else str(sentence)


def _below(picture: str) -> str:
    return f"<br>{picture}" if picture else ""


def _markdown(sentence: str) -> str:
    escaped = html.escape(sentence, quote=False)
    return "".join(f"\\{letter}" if letter in r"\`*_[]#$|~" else letter for letter in escaped)
