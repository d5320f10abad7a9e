"""Errors in the scenarios of generated companies."""

from __future__ import annotations

from collections.abc import Collection

from revkit.errors.parameters import ParameterError


class ScenarioError(ParameterError):
    """A scenario that cannot be read, or whose settings do not fit each other."""

    @classmethod
    def no_share(cls, where: str) -> ScenarioError:
        """Report a block in which every share is 0."""
        return cls(f"{where} must have a share above 0; none has.")

    @classmethod
    def no_team(cls, where: str, *, role: str, accounts: str) -> ScenarioError:
        """Report a segment that no team serves in a role."""
        return cls(
            f"{where} has no team of role {role}. Add one to teams, with accounts: {accounts}."
        )

    @classmethod
    def own_currency(cls, where: str, *, currency: str) -> ScenarioError:
        """Report an exchange rate of the company's currency to itself."""
        return cls(
            f"{where}: {currency} is the company's own currency. Name it under another, or leave "
            "it out."
        )

    @classmethod
    def like_itself(cls, scenario: str) -> ScenarioError:
        """Report a scenario that refers to itself in ``like``."""
        return cls(f"{scenario} is like itself. Name another scenario in its line 'like'.")

    @classmethod
    def not_yaml(cls, scenario: str, *, problem: str) -> ScenarioError:
        """Report a scenario file that does not parse."""
        return cls(f"{scenario} is not written as YAML: {problem}. Correct it.")

    @classmethod
    def yaml_key(cls, where: str, key: object, *, known: Collection[str]) -> ScenarioError:
        """Report a key that YAML parses as true or false."""
        return cls(
            f"{where} has a key that YAML reads as {key}: on, off, yes and no. It takes: "
            f"{', '.join(known)}."
        )

    @classmethod
    def lacks_key(cls, where: str, key: str, *, found: Collection[str]) -> ScenarioError:
        """Report a block without a required key."""
        return cls(f"{where} needs {key!r}; it has: {', '.join(found)}. Add it.")

    @classmethod
    def same_id(cls, where: str, ids: Collection[str]) -> ScenarioError:
        """Report two effects with one id."""
        return cls(f"{where}: an id is there twice: {', '.join(ids)}.")

    @classmethod
    def lasts(cls, where: str, *, target: str, month: int) -> ScenarioError:
        """Report an end of an effect that is permanent."""
        return cls(f"{where}: {target} happens once and lasts; write months: [{month}].")
