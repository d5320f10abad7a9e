"""Sentences as a page shows them: findings at its top, a conclusion below a figure."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MIME = "application/vnd.revkit.findings+json"
NOTHING = "Nothing here stands out by more than noise."


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
            "text/html": f'<ul class="findings">{items}</ul>',
            MIME: {"findings": list(self.sentences)},
        }


@dataclass(frozen=True)
class Conclusion:
    """One sentence below a figure, said after "So"."""

    sentence: str

    def __str__(self) -> str:
        return f"So: {self.sentence}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/plain": str(self),
            "text/markdown": f"**So:** {_markdown(self.sentence)}",
            "text/html": f'<p class="so"><strong>So:</strong> {html.escape(self.sentence)}</p>',
        }


def findings(sentences: Iterable[str]) -> Findings:
    """Return the sentences worth reading, to be shown first on a page.

    Parameters
    ----------
    sentences
        What the functions of :mod:`revkit.analysis.writing.comparisons` returned, or plain text.
        Quiet and empty ones are left out, and what is said twice is said once.

    Examples
    --------
    >>> print(findings(["Win rate was 31 %.", Finding("Within noise.", quiet=True)]))
    - Win rate was 31 %.
    """
    worth = (text for text in sentences if text and not getattr(text, "quiet", False))
    return Findings(tuple(str(text) for text in dict.fromkeys(worth)) or (NOTHING,))


def so(sentence: str) -> Conclusion:
    """Return a sentence to stand below a figure, beginning with "So".

    Examples
    --------
    >>> print(so("Win rate rose."))
    So: Win rate rose.
    """
    return Conclusion(str(sentence))


def _markdown(sentence: str) -> str:
    escaped = html.escape(sentence, quote=False)
    return "".join(f"\\{letter}" if letter in r"\`*_[]#$|~" else letter for letter in escaped)
