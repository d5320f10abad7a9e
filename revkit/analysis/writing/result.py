"""Results that say in sentences what they found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

from revkit.analysis.writing.finding import Finding


class Result(ABC):
    """A result of an analysis, with its sentences; printed, it is a list of them."""

    @abstractmethod
    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return what was found, in sentences.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """

    @cached_property
    def findings(self) -> list[Finding]:
        """The sentences, in the default language; empty when there is nothing to say."""
        return self.sentences()

    def __repr__(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.findings)
