"""Sentences on reps: what was seen beside like cases, with how much doubt, and what to try."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from revkit.analysis.coaching.measures import STAGE
from revkit.analysis.writing.finding import Finding, Findings
from revkit.analysis.writing.formatting import Quantity
from revkit.language import message

if TYPE_CHECKING:
    from revkit.analysis.coaching.team.turnover import Turnover
    from revkit.language import Language

TITLES = {
    "win": message("Deals won"),
    "discount": message("Discount on won deals"),
    "pushes": message("Moves of the expected close, a deal"),
    "idle": message("Open deals left alone for over 30 days"),
    "overdue": message("Open deals past their expected close"),
    "answered": message("Leads answered within a day"),
}
MOVED_ON = message("Moved on from {stage}")

SEEN = {
    "win": message("{rep} won {value} of {deals} decided; the team wins {usual} of such deals."),
    "discount": message(
        "{rep} gave a discount of {value} on {deals} won; the team gives {usual} on such deals."
    ),
    "pushes": message(
        "{rep} put off the expected close {value} times a deal ({deals}); the team does so {usual} "
        "times on such deals."
    ),
    "idle": message(
        "{rep} has left {value} of {deals} still open alone for over 30 days; in the team it is "
        "{usual} of such deals."
    ),
    "overdue": message(
        "{value} of {deals} of {rep} still open are past their expected close; in the team it is "
        "{usual} of such deals."
    ),
    "answered": message(
        "{rep} answered {value} of {n} leads within a day; the team answers {usual} of such leads."
    ),
}
OF_STAGE = message(
    "{rep} brought {value} of {deals} through {stage}; the team brings {usual} of such deals "
    "through it."
)
LIKELY = message("Luck taken out, it is {likely} ({span}).")
SURE = message(
    "How sure: were the team's deals handed out by lot, the chance that anybody at all is named "
    "here would be 5 % at most. “Luck taken out” is the best guess of what comes next, with the "
    "range in which it lies 95 times in 100. “Such deals” are of the same months, segment, size "
    "and source."
)

MOST = message("The largest loss is in {stage}, as far as that can be told.")

TRY = {
    "win": message(
        "To try: go through three lost deals together, from the first call to the last, before "
        "choosing what to practise."
    ),
    "first": message(
        "To try: agree on what qualifies a deal, and go through the last ten that ended here."
    ),
    "middle": message(
        "To try: hear two demos or proposals of this stage together, and two of a peer."
    ),
    "last": message(
        "To try: prepare the next negotiations together: who decides, against what, and what may "
        "be given for what."
    ),
    "discount": message(
        "To try: agree before each offer on what is asked in return for a discount."
    ),
    "pushes": message("To try: ask the buyer for the date of each next step, and enter that one."),
    "idle": message("To try: half an hour a week in which each open deal gets a step or an end."),
    "overdue": message("To try: set each date anew with the buyer, or close the deal."),
    "answered": message("To try: two fixed times a day for new leads, or leads to who is free."),
}

LEFT_OUT = message(
    "Not compared, since most of their deals are renewals and expansions, won otherwise than new "
    "business: {reps}."
)
NOBODY = message("No rep has enough deals to be compared: {least} that are decided are needed.")
QUOTA = message("The team won {attainment} of its quotas in {months} ({reps}).")
LOGGED = message(
    "Logged selling time is {value} of 40 hours a week, from {lowest} to {highest} by rep; "
    "a survey of 2011 (CSO Insights) found 41 %."
)
RAMPED = message(
    "Half of the new sellers have their first win after {median} months{span}; of {n} hired, "
    "{reached} have one."
)

NO_QUOTA = message("No quota tells how much of it was won.")
NO_TIME = message("No activity tells how much of the week is selling.")
NO_RAMP = message("Too few of the new sellers have won to tell how long it takes.")

TRAINED = {
    "win": message("After the training of {day} {rep} won {after} of {n} decided deals, before it "
                   "{before}."),
    STAGE: message("After the training of {day} {rep} moved {after} of {n} deals on from {stage}, "
                   "before it {before}."),
}  # fmt: skip
BEYOND = message("That is {effect} ({span}) from what was likely, by the half-year before and by "
                 "what peers without training moved by.")  # fmt: skip
NOT_BEYOND = message("Of the trainings with enough deals before and after ({n}) none is followed "
                     "by a change beyond chance, once peers and what a bad half-year owes to "
                     "chance are taken out.")  # fmt: skip

MANY = 1 / 3
"""Share of the sellers who leave in a year from which on a report's first page says so."""

CAME = message("Who came since then won {share} of the decided deals, the others {others} of such "
               "deals of the same segments.")  # fmt: skip

FEW_SAY = message("too few to say")
ALIKE_SAY = message("as like deals")


def title(measure: str, words: Language) -> str:
    """Return the title of a measure."""
    if measure.startswith(STAGE):
        return words.gettext(MOVED_ON, stage=measure.removeprefix(STAGE))
    return words.gettext(TITLES[measure])


def quantity(measure: str, words: Language) -> Quantity:
    """Return how values of a measure are written."""
    return Quantity("", "", "ratio" if measure == "pushes" else "share", words=words)


def part(measure: str, stages: list[str]) -> str:
    """Return what is to be practised: of a stage by its place in the process."""
    if not measure.startswith(STAGE):
        return measure
    at = stages.index(measure)
    return "first" if at == 0 else "last" if at == len(stages) - 1 else "middle"


def named(
    rep: str, row: Any, stages: list[str], words: Language, *, at: str | None, alone: bool
) -> str:
    """Return the sentences on a rep and a measure: who, what, against what, what to try.

    Parameters
    ----------
    rep
        The name.
    row
        Of the measures compared.
    stages
        The measures of stages, in the order of the process.
    at
        The stage where most is lost, of a rep whose wins stand out and no stage by itself.
    alone
        Whether what to try is said here, and not with another measure of the same rep.
    """
    said = seen(rep, row, words)
    tried = row.measure
    if row.measure == "win" and at is not None:
        said.append(words.gettext(MOST, stage=at))
        tried = STAGE + at
    if alone:
        said.append(words.gettext(TRY[part(tried, stages)]))
    return " ".join(said)


def seen(rep: str, row: Any, words: Language) -> list[str]:
    """Return what was seen of a rep and a measure beside like cases, and what is likely."""
    what = quantity(row.measure, words)
    text = OF_STAGE if row.measure.startswith(STAGE) else SEEN[row.measure]
    said = [words.gettext(
        text, rep=rep, value=what.text(row.value), usual=what.text(row.usual),
        n=words.count(row.n),
        deals=words.ngettext("{n} deal", "{n} deals", row.n, n=words.count(row.n)),
        stage=row.measure.removeprefix(STAGE),
    )]  # fmt: skip
    if row.told:
        span = what.span(row.low, row.high)
        said.append(words.gettext(LIKELY, likely=what.text(row.likely), span=span))
    return said


def trained(rep: str, row: Any, words: Language) -> str:
    """Return the sentences on a training that a change beyond chance followed."""
    what = quantity(row.measure, words)
    text = TRAINED[STAGE if row.measure.startswith(STAGE) else "win"]
    said = words.gettext(
        text, day=words.day(row.trained_on.date()), rep=rep, after=what.text(row.after),
        before=what.text(row.before), n=words.count(row.n_after),
        stage=row.measure.removeprefix(STAGE),
    )  # fmt: skip
    more = words.gettext(
        BEYOND, effect=what.difference(row.effect), span=what.difference_span(row.low, row.high)
    )
    return f"{said} {more}"


def quiet(judged: int, few: int, least: int, words: Language) -> str:
    """Return the sentence of a team in which nobody stands out."""
    if not judged:
        return words.gettext(NOBODY, least=least)
    if not few:
        return words.ngettext(
            "The one rep with enough deals does not differ from like deals by more than chance.",
            "None of {judged} reps with enough deals differs from like deals by more than chance.",
            judged,
            judged=judged,
        )
    return words.ngettext(
        "The one rep with enough deals does not differ from like deals by more than chance; of "
        "{few} there are too few to say.",
        "None of {judged} reps with enough deals differs from like deals by more than chance; of "
        "{few} there are too few to say.",
        judged,
        judged=judged,
        few=few,
    )


def no_wins(judged: int, least: int, words: Language) -> str:
    """Return the sentence of a team in which nobody stands out by wins."""
    if not judged:
        return words.gettext(NOBODY, least=least)
    return words.ngettext(
        "The one rep with enough deals does not win otherwise than like deals come to by more than "
        "chance.",
        "None of {judged} reps with enough deals wins otherwise than like deals come to by more "
        "than chance.",
        judged,
        judged=judged,
    )


def gone(found: Turnover, words: Language) -> str:
    """Return how many sellers left within a year, and how those win who came since."""
    share = Quantity("", "", "share", words=words)
    said = [words.ngettext(
        "{gone} of {n} who sold a year ago is gone ({share}); in the last six months: {lately}.",
        "{gone} of {n} who sold a year ago are gone ({share}), {lately} of them in the last six "
        "months.",
        found.gone, gone=found.gone, n=found.sellers, lately=found.lately,
        share=share.text(found.share),
    )]  # fmt: skip
    if not math.isnan(found.newcomers):
        said.append(words.gettext(
            CAME, share=share.text(found.newcomers), others=share.text(found.others)
        ))  # fmt: skip
    return " ".join(said)


def shown(findings: list[Finding], notes: tuple[str, ...] = ()) -> Findings:
    """Return sentences with what is said once below all of them."""
    asides = dict.fromkeys(one.aside for one in findings if one.aside)
    return Findings(tuple(one.main for one in findings), (*asides, *notes))
