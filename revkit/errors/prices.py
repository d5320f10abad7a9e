"""Errors in surveys, tests and changes of prices."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import RevkitError, did_you_mean, listed


class PriceError(RevkitError, ValueError):
    """A survey, a test or a change of prices that cannot be read."""

    @classmethod
    def unreadable(
        cls, file: object, *, where: str, problem: str, needed: Sequence[str]
    ) -> PriceError:
        """Report a file of answers that cannot be read."""
        return cls(
            f"{where}: {str(file)!r} cannot be read: {problem}. It must be a CSV file, one row an "
            f"answer, with the columns {listed(needed)}."
        )

    @classmethod
    def no_survey(
        cls, found: Sequence[str], *, where: str, four: Sequence[str], offered: Sequence[str]
    ) -> PriceError:
        """Report answers without the columns of either survey."""
        missing = [name for name in four if name not in found]
        near = did_you_mean(missing[0], found) if missing else ""
        return cls(
            f"{where}: the answers have no columns {listed(four)} (four prices of a respondent), "
            f"nor {listed(offered)} (an offer, taken or not); they have: {listed(found, 40)}.{near}"
            f" Rename them: answers.rename(columns={{'yours': {(missing or [four[0]])[0]!r}}})."
        )

    @classmethod
    def no_column(cls, name: str, *, found: Sequence[str], where: str) -> PriceError:
        """Report groups by a column that the answers lack."""
        return cls(
            f"{where}(by={name!r}): the answers have no such column; they have: "
            f"{listed(found, 40)}.{did_you_mean(name, found)} Name one of these, or leave by out."
        )

    @classmethod
    def strange_answer(cls, name: str, value: object, *, where: str, needed: str) -> PriceError:
        """Report an answer that is not what the column holds."""
        return cls(
            f"{where}: column {name!r} of the answers must hold {needed}; found {value!r}. Mend "
            f"it, as in answers.assign({name}=…), or leave the cell empty: it is then set aside."
        )

    @classmethod
    def answered_twice(cls, respondent: object, *, where: str) -> PriceError:
        """Report a respondent with two answers to one price."""
        return cls(
            f"{where}: respondent {respondent!r} answers to one price twice. Keep the first: "
            "answers.drop_duplicates(['respondent', 'price'])."
        )

    @classmethod
    def several_tests(cls, tests: Collection[str], *, where: str) -> PriceError:
        """Report a company with several tests, of which none is named."""
        first = next(iter(tests))
        return cls(
            f"{where}: price_tests holds {len(tests)} tests: {listed(map(repr, tests), 10)}. Name "
            f"one: test={first!r}."
        )

    @classmethod
    def unknown_name(
        cls, parameter: str, value: object, known: Collection[str], *, where: str
    ) -> PriceError:
        """Report a test or a variant that is not there."""
        return cls(
            f"{where}: there is no {parameter} {value!r}.{did_you_mean(str(value), known)} There "
            f"is {listed(map(repr, known), 20)}."
        )

    @classmethod
    def wrong_split(cls, split: object, variants: Sequence[str], *, where: str) -> PriceError:
        """Report planned shares that are none, or not of these variants."""
        example = ", ".join(f"{name!r}: {1 / max(len(variants), 1):.2g}" for name in variants)
        return cls(
            f"{where}: split={split!r} must give each variant a share above 0: split={{{example}}}."
        )

    @classmethod
    def half_a_change(cls, *, where: str) -> PriceError:
        """Report a change of price of which only the name or only the month is given."""
        return cls(
            f"{where} needs whose price changed and since when: rk.elasticity(data, 'Starter', "
            "since='2024-06-01'); or neither, for the product whose list price moved most."
        )

    @classmethod
    def outside(cls, since: object, *, first: object, months: int, where: str) -> PriceError:
        """Report a change with too few months on record before it or since."""
        return cls(
            f"{where}: since={str(since)!r} has fewer than 3 of the {months} whole months on "
            f"record before it or since. Give a month from {str(first)[:7]} on, long enough ago."
        )

    @classmethod
    def no_others(cls, name: str, *, by: str, where: str) -> PriceError:
        """Report a group that nothing can be compared with."""
        return cls(
            f"{where}: there is no {by} beside {name!r} whose price stayed as it was, so nothing "
            "to compare it with. Compare another dimension with by=, such as by='segment'."
        )
