"""Text and HTML of a check: the verdict, and a line per finding."""

from __future__ import annotations

import html as markup
from collections.abc import Sequence

from revkit.language import LITERAL, Language, message
from revkit.quality.effects import percent
from revkit.quality.finding import SEVERITIES, Finding

NAMES = {
    "refused": message("refused"), "serious": message("serious"),
    "minor": message("minor"), "note": message("note"),
}  # fmt: skip
"""Severities as a reader sees them."""

COLOURS = {"refused": "#b42318", "serious": "#b54708", "minor": "#444444", "note": "#767676"}

_BOX = "font-family:system-ui,sans-serif;font-size:13px;line-height:1.45"
_CELL = "padding:3px 14px 3px 0;text-align:left;vertical-align:top;border:0"
_HEAD = ";font-weight:600;border-bottom:1px solid #bbb"


WHOLE = message(
    "The check reads every row of the tables, also those dated after {day}; the numbers of "
    "this report count none of these."
)
"""The sentence of a check as of an earlier day, after the verdict."""


def verdict(findings: Sequence[Finding], words: Language) -> str:
    """Return a sentence on all findings: what is refused, what is serious, the gravest of them."""
    counts = {name: sum(one.severity == name for one in findings) for name in SEVERITIES}
    if not findings:
        return words.gettext("The check of the data found nothing.")
    first = findings[0]
    if counts["refused"]:
        tables = sorted({one.table for one in findings if one.severity == "refused"})
        return words.ngettext(
            "{count} problem must be mended before {tables} can be counted: {first}.",
            "{count} problems must be mended before {tables} can be counted, first: {first}.",
            counts["refused"], count=counts["refused"], tables=words.list(tables),
            first=headline(first, words),
        )  # fmt: skip
    if counts["serious"] and first.effect.tidy:
        return words.ngettext(
            "The check of the data found nothing that puts a number wrong by a per cent or more, "
            "and {count} serious thing to tidy up: {first}.",
            "The check of the data found nothing that puts a number wrong by a per cent or more, "
            "and {count} serious things to tidy up, first: {first}.",
            counts["serious"], count=counts["serious"], first=_with_effect(first, words),
        )  # fmt: skip
    if counts["serious"]:
        return words.ngettext(
            "{count} serious finding in the data: {first}.",
            "{count} serious findings in the data, first: {first}.",
            counts["serious"], count=counts["serious"],
            first=_with_effect(first, words),
        )  # fmt: skip
    return words.ngettext(
        "The check of the data found nothing serious, and {count} smaller thing.",
        "The check of the data found nothing serious, and {count} smaller things.",
        len(findings), count=len(findings),
    )  # fmt: skip


def _with_effect(finding: Finding, words: Language) -> str:
    return "; ".join(filter(None, [headline(finding, words), finding.effect.text]))


def advice(findings: Sequence[Finding], words: Language) -> str:
    """Return a sentence on what to do first: the mend of the gravest finding that has one."""
    for one in findings:
        if one.mend:
            return words.gettext(
                "start with {finding}. {mend}",
                finding=one.table + ": " + one.what.partition(":")[0],
                mend=one.mend,
            )
    return words.gettext("nothing is to be mended before these numbers are used.")


def headline(finding: Finding, words: Language) -> str:
    """Return a finding in a phrase: opportunities: won without an amount (29 of 512, 5.7 %)."""
    named = f"{finding.table}: {finding.what}"
    if not finding.bad:
        return named
    if finding.share > 1 or finding.share != finding.share:
        return f"{named} ({words.count(finding.bad)})"
    return words.gettext(
        "{finding} ({bad} of {rows}, {share})",
        finding=named,
        bad=words.count(finding.bad),
        rows=words.count(finding.rows),
        share=percent(finding.share, words),
    )


def text(findings: Sequence[Finding], verdict: str, words: Language) -> str:
    """Return the check as text, for a terminal."""
    lines = [verdict]
    for one in findings:
        lines.append(f"\n[{words.gettext(NAMES[one.severity])}] {headline(one, words)}")
        lines += [f"  {line}" for line in details(one, words)]
    return "\n".join(lines)


def details(finding: Finding, words: Language) -> list[str]:
    """Return the lines below a finding: effect, examples, what to do."""
    shown = words.gettext("such as {keys}", keys=", ".join(finding.examples))
    found = [finding.effect.text, shown if finding.examples else "", finding.mend, finding.line]
    return [line for line in found if line]


def html(findings: Sequence[Finding], verdict: str, words: Language) -> str:
    """Return the check as HTML, escaped, with nothing loaded from elsewhere."""
    title = f'<div style="font-weight:600;margin-bottom:4px">{markup.escape(verdict)}</div>'
    if not findings:
        return f'<div class="{LITERAL}" style="{_BOX}">{title}</div>'
    headings = (
        words.gettext("Finding"), words.gettext("Effect"), words.gettext("Such as"),
        words.gettext("What to do"),
    )  # fmt: skip
    head = "".join(f'<th style="{_CELL}{_HEAD}">{markup.escape(one)}</th>' for one in headings)
    body = "".join(f"<tr>{_row(one, words)}</tr>" for one in findings)
    return (
        f'<div class="{LITERAL}" style="{_BOX}">{title}'
        f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(finding: Finding, words: Language) -> str:
    """Return the cells of a finding."""
    severity = words.gettext(NAMES[finding.severity])
    mark = f'<span style="color:{COLOURS[finding.severity]};font-weight:600">{severity}</span>'
    todo = markup.escape(finding.mend)
    if finding.line:
        todo = f"{todo}<br><code>{markup.escape(finding.line)}</code>"
    cells = [
        f"{mark} {markup.escape(headline(finding, words))}", markup.escape(finding.effect.text),
        markup.escape(", ".join(finding.examples)), todo,
    ]  # fmt: skip
    return "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
