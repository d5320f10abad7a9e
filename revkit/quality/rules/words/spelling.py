"""Categories in two spellings: they differ by case, blanks and punctuation, or only resemble."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from revkit.analysis.writing.counts import counted
from revkit.dataset.validation.variants import alike, values_of
from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.effects import NOTICED, percent
from revkit.quality.finding import Effect, Finding
from revkit.quality.rules.words.likeness import likely
from revkit.schema import TABLES

SPELLING, LIKELY = "spelling", "spelling_likely"
WHAT = {
    SPELLING: message("{column} in a spelling that differs from the usual one: {pairs}"),
    LIKELY: message("{column} that is probably a usual one in other words: {pairs}"),
}
MEND = message("Write them alike at the source; in a mapping the line below does it.")
FEWER = message("{column} {value} counts {rows} instead of {more}, {percent} too few")
SHOWN = 3
"""Pairs of spellings that a finding shows."""


def spelling_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the columns of a table in which one category is spelled in several ways."""
    expr = company.table(table)
    for column, rows in values_of(TABLES[table], expr, company.loaded(table)):
        certain, likely_ones = proposed(rows)
        total = sum(rows.values())
        for rule, words in ((SPELLING, certain), (LIKELY, likely_ones)):
            if words:
                yield _finding(company, table, column, rule, words, rows, total)


def proposed(rows: Mapping[str, int]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the usual spelling of each value that has one: certainly, and probably.

    Examples
    --------
    >>> proposed({"Italy": 40, "italy ": 2, "Itlay": 1, "France": 50})
    ({'italy ': 'Italy'}, {'Itlay': 'Italy'})
    """
    certain: dict[str, str] = {}
    common: dict[str, int] = {}
    spelled: dict[str, dict[str, int]] = {}
    for group in alike(rows):
        usual = max(group, key=lambda word: (group[word], word))
        certain |= {word: usual for word in group if word != usual}
        common[usual], spelled[usual] = sum(group.values()), group
    probably: dict[str, str] = {}
    for usual, group in spelled.items():
        others = {word: count for word, count in common.items() if word != usual}
        other = likely(usual, others, common[usual])
        if other is not None:
            probably |= dict.fromkeys(group, other)
    return {w: u for w, u in certain.items() if w not in probably}, probably


def _finding(
    company: Company, table: str, column: str, rule: str, words: dict[str, str],
    rows: Mapping[str, int], total: int,
) -> Finding:  # fmt: skip
    """Return the finding on a column, with the line of a mapping that makes them one."""
    import ibis

    expr, say = company.table(table), company.words
    value = expr[column]
    wrong = sorted(words)
    usual = ibis.cases(*((value == word, words[word]) for word in wrong))
    flagged = company.flagged(table, expr, value.isin(wrong), value, usual)
    bad = sum(rows[word] for word in wrong)
    often = sorted(wrong, key=lambda word: (-rows[word], word))
    pairs = ", ".join(f"{word!r} ({words[word]!r})" for word in often[:SHOWN])
    pairs += " …" if len(often) > SHOWN else ""
    return Finding(
        rule=rule,
        table=table,
        column=column,
        what=say.gettext(WHAT[rule], column=column, pairs=pairs),
        bad=bad,
        rows=total,
        severity="serious" if rule == SPELLING and bad >= NOTICED * total else "minor",
        examples=first_keys(flagged),
        effect=_fewer(company, column, words, rows),
        mend=say.gettext(MEND),
        line=line(column, words),
        flagged=flagged,
    )


def _fewer(
    company: Company, column: str, words: Mapping[str, str], rows: Mapping[str, int]
) -> Effect:
    """Return by how much the category that loses most is counted too low."""
    lost: dict[str, int] = {}
    for word, usual in words.items():
        lost[usual] = lost.get(usual, 0) + rows[word]
    worst = max(lost, key=lambda usual: (lost[usual] / (lost[usual] + rows[usual]), usual))
    more = lost[worst] + rows[worst]
    say = company.words
    text = say.gettext(
        FEWER, column=column, value=repr(worst), rows=counted(rows[worst], "rows", say),
        more=say.count(more), percent=percent(lost[worst] / more, say),
    )  # fmt: skip
    return Effect(text)


def line(column: str, words: Mapping[str, str]) -> str:
    """Return the line of a mapping that writes values of a column as others.

    >>> line("region", {"N": "North"})
    'region: {from: region, words: {"N": "North"}, others: keep}'
    """
    pairs = ", ".join(f'"{_quoted(word)}": "{_quoted(words[word])}"' for word in sorted(words))
    return f"{column}: {{from: {column}, words: {{{pairs}}}, others: keep}}"


def _quoted(word: str) -> str:
    """Return a word as it stands between double quotes in YAML."""
    return word.replace("\\", "\\\\").replace('"', '\\"')
