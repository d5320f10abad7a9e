"""Sentences as a page shows them: findings at its top, a conclusion below a figure."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from revkit import arguments as check
from revkit.language import LITERAL
from revkit.language import language as spoken

MIME = "application/vnd.revkit.findings+json"
NOTHING = "Nothing here stands out by more than noise."
"""The sentence of a page without findings, in English."""


class Finding(str):
    """A sentence about data; `quiet` when all it has to say is that nothing stands out."""

    __slots__ = ("quiet",)
    quiet: bool

    def __new__(cls, sentence: str, *, quiet: bool = False) -> Finding:
        """Make the sentence."""
        finding = super().__new__(cls, sentence)
        finding.quiet = quiet
        return finding


@dataclass(frozen=True)
class Findings:
    """A list of sentences, as a page shows it and as an index collects it."""

    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.sentences)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.sentences)
        return {
            "text/plain": str(self),
            "text/markdown": "\n".join(f"- {_markdown(line)}" for line in self.sentences),
            "text/html": f'<ul class="findings {LITERAL}">{items}</ul>',
            MIME: {"findings": list(self.sentences)},
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
        Quiet and empty ones are left out, and what is said twice is said once.
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
    worth = (text for text in sentences if text and not getattr(text, "quiet", False))
    nothing = spoken(language).gettext("Nothing here stands out by more than noise.")
    return Findings(tuple(str(text) for text in dict.fromkeys(worth)) or (nothing,))


def so(sentence: str, *, language: str | None = None) -> Conclusion:
    """Return a sentence to stand below a figure, beginning with "So".

    Parameters
    ----------
    sentence
        Plain text.
    language
        Of the introduction: "en" or "it"; the default one when omitted.

    Examples
    --------
    >>> print(so("Win rate rose."))
    So: Win rate rose.
    """
    check.text(sentence, "sentence", "rk.notebook.so", example="Win rate rose.")
    return Conclusion(str(sentence), spoken(language).gettext("So:"))


def _markdown(sentence: str) -> str:
    escaped = html.escape(sentence, quote=False)
    return "".join(f"\\{letter}" if letter in r"\`*_[]#$|~" else letter for letter in escaped)
