"""Errors in the parameters of a call, a notebook, a scenario or the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from revkit.errors.base import Reason, RevkitError, did_you_mean, listed, nearest


class ParameterError(RevkitError, ValueError):
    """A parameter misspelt or of the wrong type."""

    @classmethod
    def repeated(cls, parameter: str, value: object, *, where: str) -> ParameterError:
        """Report a value that names something twice."""
        return cls(f"{where}: {parameter}={value!r} names something twice. Name each once.")

    @classmethod
    def reserved(cls, dimension: str, *, where: str) -> ParameterError:
        """Report a dimension with the name of a column that every result has."""
        return cls(
            f"{where}: by={dimension!r} is the name of a column of every result, which would be "
            f"overwritten. Rename your column in a mapping: columns: {{own_{dimension}: "
            f"{dimension}}}; then ask by='own_{dimension}'."
        )

    @classmethod
    def too_many_rows(
        cls, dimension: str, *, where: str, values: int, rows: int, limit: int
    ) -> ParameterError:
        """Report a call whose result has more rows than it may have."""
        return cls(
            f"{where}: the result would have {rows:,} rows, over limit={limit:,}, since "
            f"{dimension!r} has {values:,} values. Group by another dimension, narrow the company "
            "with data.where(…), ask for fewer periods with start=, or insist with limit=None."
        )

    @classmethod
    def out_of_range(cls, parameter: str, value: object, needed: str) -> ParameterError:
        """Report a number outside its range."""
        return cls(f"{parameter}={value!r} must be {needed}.")

    @classmethod
    def unfit(
        cls, parameter: str, value: object, *, where: str, needed: str, example: str
    ) -> ParameterError:
        """Report an argument of the wrong type or out of range."""
        shown = repr(value)
        if len(shown) > 60 or "\n" in shown:
            shown = f"({type(value).__name__})"
        return cls(f"{where}: {parameter}={shown} must be {needed}, such as {example}.")

    @classmethod
    def unreadable_file(
        cls, file: object, *, where: str, name: str, needed: str, problem: str
    ) -> ParameterError:
        """Report a YAML file given to a call that cannot be read."""
        return cls(
            f"{where}: {name}={str(file)!r} cannot be read: {problem}. It must be a YAML file of "
            f"{needed}."
        )

    @classmethod
    def unknown_in_file(
        cls, file: object, place: str, name: object, *, known: Collection[str]
    ) -> ParameterError:
        """Report a name in a file or mapping given to a call that means nothing there."""
        return cls(
            f"{file}: {place} has no {name!r}.{did_you_mean(str(name), known)} "
            f"Known are: {listed(known, 40)}. Write one of these, or leave it out."
        )

    @classmethod
    def no_owner(
        cls, owner: str, *, known: Mapping[str, str], left: bool, several: int
    ) -> ParameterError:
        """Report an owner whom nobody here is."""
        if several > 1:
            return cls(
                f"rk.next_actions: owner={owner!r} is the name of {several} reps. Give the "
                "rep_id of the one that is meant."
            )
        if left:
            return cls(
                f"rk.next_actions: owner={owner!r} has left. What was theirs is listed as "
                "unassigned: rk.next_actions(data)."
            )
        names = [*known, *known.values()]
        return cls(
            f"rk.next_actions: owner={owner!r} is no rep.{did_you_mean(owner, names)} Give a "
            f"rep_id or a name of table reps: {listed(known.values())}."
        )

    @classmethod
    def no_seller(cls, rep: str, *, months: int) -> ParameterError:
        """Report a rep asked for where nobody had deals or quotas."""
        return cls(
            f"rk.coach: rep={rep!r} must be one who had deals or a quota in the last {months} "
            "months; nobody had. Look further back: rk.coach(data, rep, months=…), or load who has "
            "each deal (rep_id)."
        )

    @classmethod
    def not_two(
        cls, column: str, *, where: str, found: Collection[object], parameter: str
    ) -> ParameterError:
        """Report a column of outcomes of which it is not plain which is which."""
        return cls(
            f"{where}: column {column!r} must hold two values, of which one is the outcome; found "
            f"{listed(found)}. Say which: {parameter}='Yes'."
        )

    @classmethod
    def no_days(cls, column: str, *, where: str, found: object, rows: int) -> ParameterError:
        """Report a column of days that holds something else."""
        return cls(
            f"{where}: column {column!r} must hold dates, or texts such as 2026-03-31; found "
            f"{str(found)!r}, and no date in {rows:,} rows. Say how to read them: "
            f"frame[{column!r}] = pd.to_datetime(frame[{column!r}], format='%d/%m/%Y')."
        )

    @classmethod
    def wrong_in_file(
        cls, file: object, place: str, value: object, *, needed: str, remedy: str
    ) -> ParameterError:
        """Report a value in a file or mapping given to a call that is none of what is needed."""
        return cls(f"{file}: {place} must be {needed}; found {value!r}. {remedy}")

    @classmethod
    def not_grouped(cls, where: str) -> ParameterError:
        """Report a result of the whole company where groups are compared."""
        return cls(
            f"{where} needs a metric's result by groups; it was given one of the whole company. "
            "Call the metric with by=, such as by='segment'."
        )

    @classmethod
    def no_groups(cls, where: str) -> ParameterError:
        """Report a comparison with the rest in a call without groups."""
        return cls(
            f"{where}: compare='rest' compares each group with all others, but the call has no "
            "groups. Add by=, such as by='segment'."
        )

    @classmethod
    def no_rest(cls, where: str) -> ParameterError:
        """Report a metric whose value outside a group does not follow from sums over groups."""
        return cls(
            f"{where} has no rest to compare with: its value outside a group cannot be computed "
            "from sums over the groups, as a median or a count of different accounts cannot. Leave "
            "out compare='rest' and compare two groups with each other."
        )

    @classmethod
    def not_a_sum(cls, where: str, *, metric: str) -> ParameterError:
        """Report a metric whose values over groups add up to nothing."""
        return cls(
            f"{where} says how much of a sum a group makes up, and {metric} does not add up over "
            "groups. Give it a metric that does, such as won_amount, or use rk.say.contrast, which "
            "compares the groups."
        )

    @classmethod
    def several_metrics(cls, parameter: str, *, where: str, source: str) -> ParameterError:
        """Report a scorecard, whose rows are of several metrics, in place of a result."""
        return cls(
            f"{where}: {parameter} must be the table that {source} returns, and this is a "
            "scorecard, each of whose rows is of a metric of its own. Pass the result of one, such "
            "as metrics.win_rate(data); what a scorecard finds is in its findings."
        )

    @classmethod
    def no_monthly_share(cls, where: str) -> ParameterError:
        """Report a result that holds neither a count nor a share of rows by single months."""
        return cls(
            f"{where} reads a count of rows by month, or a share of counted rows by month as a "
            "whole or by one dimension. Give it one, such as metrics.win_rate(data, by='segment')."
        )

    @classmethod
    def not_whole_count(cls, where: str, metric: str, by: Collection[str]) -> ParameterError:
        """Report a count by groups, where it is read as a whole."""
        return cls(
            f"{where} reads a count as a whole, and {metric} is given by {listed(by)}. Leave by "
            f"out, or narrow the company to one group first: metrics.{metric}(data.where({{...}}))."
        )

    @classmethod
    def no_result(
        cls, parameter: str, missing: Collection[str], *, where: str, source: str
    ) -> ParameterError:
        """Report a table without the columns of the result that is needed."""
        return cls(
            f"{where}: {parameter} must be the table that {source} returns; it has no "
            f"{listed(missing)}. Pass that table as it was returned."
        )

    @classmethod
    def no_choice(
        cls, parameter: str, value: object, known: Collection[str], *, where: str
    ) -> ParameterError:
        """Report a value that is not one of the choices."""
        return cls(
            f"{where}({parameter}={value!r}): there is no such rule."
            f"{did_you_mean(str(value), known)} Choose one of {listed(map(repr, known))}."
        )

    @classmethod
    def no_rule(cls, value: str, known: Collection[str]) -> ParameterError:
        """Report a rule to set rows aside by that its table does not have."""
        table = value.partition(".")[0]
        return cls(
            f"set_aside names {value}, and {table} has no such rule."
            f"{did_you_mean(value, known)} Its rules are: {listed(known, 60)}."
        )

    @classmethod
    def no_default(cls, option: str, *, where: str) -> ParameterError:
        """Refuse an option of a metric that every call would have to give."""
        return cls(
            f"{where}: the option {option!r} has no default, so no call could leave it out. "
            f"Give it one, such as {option}=None."
        )

    @classmethod
    def no_mend(cls, name: object, *, known: Collection[str]) -> ParameterError:
        """Report a mend that is none, or a call without any."""
        days = "due_on_unreadable (and so for each day)"
        named = [one for one in known if not one.endswith("_unreadable")]
        said = f"{listed(named)} or {days}"
        if name is None:
            return cls(f"rk.clean mends what is named: clean(data, 'spelling'). Name {said}.")
        return cls(f"There is no mend {name!r}.{did_you_mean(str(name), known)} Name {said}.")

    @classmethod
    def too_many_changes(cls, limit: object) -> ParameterError:
        """Report a cleaning that would change more cells than it may."""
        return cls(
            f"rk.clean would make more than {limit:,} changes, which are all written to the log. "
            "Name fewer mends, raise limit, or pass limit=None."
        )

    @classmethod
    def no_policy(cls, policy: object, *, known: Collection[str]) -> ParameterError:
        """Report an unknown policy."""
        return cls(
            f"There is no policy {policy!r}.{did_you_mean(str(policy), known)} Name one of "
            f"{listed(known)} (rk.policies() lists their rules), or write your own: "
            "rk.Policy(gap_days=5)."
        )

    @classmethod
    def no_pool(cls, locale: str, *, known: Collection[str]) -> ParameterError:
        """Report a locale without a pool of names."""
        return cls(
            f"There are no names for locale={locale!r}; there are for {listed(known, 40)}."
            f"{did_you_mean(locale, known)} Or draw them once: revkit pool --locale {locale}."
        )

    @classmethod
    def no_locale(cls, locale: str, *, known: Collection[str]) -> ParameterError:
        """Report a locale that Faker does not have."""
        return cls(
            f"Faker has no locale {locale!r}.{did_you_mean(locale, known)} Choose one of "
            f"{listed(known, 80)}."
        )

    @classmethod
    def unknown(cls, parameter: str, *, where: str, known: Collection[str]) -> ParameterError:
        """Report an unknown parameter."""
        return cls(
            f"{where} has no parameter {parameter!r}.{did_you_mean(parameter, known)} "
            f"It takes: {listed(known, 40)}.",
            reason=Reason("has no parameter {parameter}", parameter=repr(parameter)),
        )

    @classmethod
    def unknown_value(
        cls, value: object, *, where: str, known: Collection[str], remedy: str = ""
    ) -> ParameterError:
        """Report a value that is none of those that a parameter or setting takes."""
        names = list(known)
        choices = f"one of {listed(names, 40)}" if len(names) > 2 else " or ".join(names)
        near = did_you_mean(str(value), known)
        return cls(f"{where} must be {choices or 'left out'}; it is {value!r}.{near}{remedy}")

    @classmethod
    def no_language(cls, language: object, *, known: Collection[str]) -> ParameterError:
        """Refuse a language that revkit does not write."""
        return cls(
            f"language={language!r} is not a language revkit writes. "
            f"Choose one of {listed(map(repr, known))}."
        )

    @classmethod
    def not_taken(
        cls, parameter: str, *, notebooks: Collection[str], known: Collection[str]
    ) -> ParameterError:
        """Report a parameter that no notebook of a report declares."""
        near = nearest(parameter, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(
            f"no parameter {parameter!r} in {listed(notebooks)}{hint} To be set: {listed(known)}."
        )

    @classmethod
    def wrong_kind(
        cls, parameter: str, value: str, *, where: str, needed: str, help: str, example: object
    ) -> ParameterError:
        """Report a value that is not of the parameter's declared type."""
        meaning = f" ({help})" if help else ""
        return cls(
            f"{parameter}={value!r} does not fit {where}: {parameter}{meaning} must be {needed}, "
            f"such as the notebook's own {parameter}={example}."
        )

    @classmethod
    def not_nested(cls, parameter: str, *, needed: str, problem: str) -> ParameterError:
        """Report a list or mapping of ``--set`` that is not written as one."""
        return cls(f"--set {parameter}: it must be {needed}; {problem}.")

    @classmethod
    def given_otherwise(cls, parameter: str, *, option: str) -> ParameterError:
        """Report a parameter given with ``--set`` that has an option of its own."""
        return cls(f"{parameter!r} is not given with --set: use {option}.")

    @classmethod
    def no_pair(cls, text: str, *, option: str, example: str) -> ParameterError:
        """Report text that is not of the form ``name=value``."""
        return cls(f"{option} {text!r} has no name and value. Write: {option} {example}.")

    @classmethod
    def no_span(cls, text: str, *, option: str) -> ParameterError:
        """Report a text that is no number of days or weeks."""
        return cls(f"{option} {text!r} must be days or weeks, such as {option} 3d or {option} 2w.")

    @classmethod
    def not_declared(cls, line: str, *, where: str) -> ParameterError:
        """Report a line of a parameters cell that does not declare a parameter."""
        return cls(
            f"the parameters cell of {where} holds {line!r}. Each of its lines must be "
            f"'name: type = literal  # help', with str, int, float, bool, list, dict or None."
        )

    @classmethod
    def wrong_value(cls, where: str, needed: str, found: object) -> ParameterError:
        """Report a value that breaks its rule: ``needed`` says "must be …"."""
        return cls(f"{where} {needed}; it is {found}.")

    @classmethod
    def unreachable(
        cls, scenario: str, *, target: str, segment: str, aim: float, reached: float
    ) -> ParameterError:
        """Report a target rate that no intercept gives."""
        return cls(
            f"{scenario}: {target} of {segment} cannot be {aim:.3g}: it comes to {reached:.3g}, "
            "whatever is done for it. Ask for another."
        )

    @classmethod
    def no_format(cls, format: object, *, known: Collection[str]) -> ParameterError:
        """Report a file format that cannot be written."""
        return cls(f"format={format!r} is not one of {', '.join(known)}.")
