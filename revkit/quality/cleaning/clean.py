"""A company's rows mended: only what is asked for, each change in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from revkit import arguments
from revkit.dataset.argument import company as a_company
from revkit.dataset.notes import Note
from revkit.errors import ParameterError
from revkit.language import language
from revkit.quality.cleaning.cells import Applied, Change, with_changes
from revkit.quality.cleaning.dates import RULES, unreadable
from revkit.quality.cleaning.history import stage_back
from revkit.quality.cleaning.merging import identical_rows, twin
from revkit.quality.cleaning.proposals import FINDERS, currency, left_out, proposed
from revkit.quality.company import Company

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

Mend = Callable[[Company], Iterator[Change]]

MENDS: dict[str, Mend] = {
    **{rule: partial(proposed, rule=rule) for rule in FINDERS},
    "currency_unlike_others": currency,
    **{rule: left_out(rule) for rule in ("won_without_amount", "no_day")},
    "identical_rows": identical_rows,
    "stage_back": stage_back,
    "twin": twin,
    **{rule: partial(unreadable, rule=rule) for rule in RULES},
}
"""The mends by the rule of the check whose rows they mend."""

ROUNDS = {"currency_unlike_others": 3, "stage_back": 3, "twin": 3}
"""Times that a mend is done, where what is mended tells more of the others."""

CLEANED = "cleaned"
"""The rule of the notes on what was mended."""

LOG = ("rule", "table", "key", "column", "before", "after")


class Cleaned(NamedTuple):
    """A mended company, and what was changed in it.

    Parameters
    ----------
    data
        The company; its notes say what was mended.
    log
        One row per changed cell: ``rule``, ``table``, ``key`` (its columns joined by a bar),
        ``column``, ``before`` and ``after``, as text. Of a row that was left out, ``column`` is
        missing, ``before`` is ``there`` and ``after`` is ``left out``; of copies these are how many
        there were, and are.
    """

    data: Dataset
    log: pd.DataFrame


def clean(data: Dataset, *mends: str, limit: int | None = 1_000_000) -> Cleaned:
    """Return a company with the rows of some rules mended, and a log of every change.

    Nothing is changed in place, at the source, or unasked: the mends are those that are named, by
    the rules of :func:`rk.check`, one after the other. What a mend cannot tell stays as it is, and
    in the check.

    Parameters
    ----------
    data
        The company. Its filters stay, and do not limit what is mended.
    mends
        Names of rules:

        - ``spelling``, ``spelling_likely``: categories get their usual spelling; those of the
          second only resemble it;
        - ``currency_unlike_others``: that of the account's other rows, or of its country;
        - ``twin``: entries made twice are merged into the first, with all that names them;
        - ``identical_rows``: one of several equal rows stays;
        - ``day_month_swapped``: dates that are in order only with day and month swapped;
        - ``stage_back``: stages set back get the one that the rows around tell;
        - ``due_on_unreadable``, and so for each day: days in another order are read, where all
          the column's days that tell an order tell the same;
        - ``won_without_amount``, ``no_day``: rows are left out.
    limit
        The most changes that are made; None for any number.

    Returns
    -------
    Cleaned
        ``data``, a new Dataset whose notes say what was mended, and ``log``, a frame.

    Raises
    ------
    ParameterError
        When there is no mend of a name, none is named, or there are more changes than ``limit``.

    Examples
    --------
    >>> import pandas as pd
    >>> from revkit.dataset import Dataset
    >>> accounts = pd.DataFrame({
    ...     "account_id": ["A1", "A2", "A3", "A4"],
    ...     "country": ["Italy", "Italy", "italy ", "France"],
    ... })
    >>> cleaned, log = clean(Dataset(accounts=accounts, as_of="2026-03-31"), "spelling")
    >>> log.iloc[0].tolist()
    ['spelling', 'accounts', 'A3', 'country', 'italy ', 'Italy']
    >>> [str(note) for note in cleaned.notes]
    ['accounts: 1 cell of country was mended (spelling).']
    """
    a_company(data, "rk.clean")
    if limit is not None:
        limit = arguments.whole(limit, "limit", "rk.clean", what="number of changes", example=1000)
    if not mends:
        raise ParameterError.no_mend(None, known=MENDS)
    for name in mends:
        if not isinstance(name, str) or name not in MENDS:
            raise ParameterError.no_mend(name, known=MENDS)
    log: list[tuple[str, Applied]] = []
    notes: list[Note] = []
    for name in dict.fromkeys(mends):
        for _ in range(ROUNDS.get(name, 1)):
            left = None if limit is None else limit - sum(len(one.rows) for _, one in log)
            company = Company(data, language("en"))
            found = list(_found(company, MENDS[name], limit, left))
            if not found:
                break
            notes += [_note(name, one) for one in found]
            data = with_changes(data, company, found, notes)
            log += [(name, one) for one in found]
    return Cleaned(data, _frame(log))


def _found(company: Company, mend: Mend, limit: int | None, left: int | None) -> Iterator[Applied]:
    """Yield the changes of a mend that have cells, with these."""
    for change in mend(company):
        cells = change.told()
        rows = (cells if left is None else cells.limit(left + 1)).to_pyarrow()
        if left is not None:
            left -= len(rows)
            if left < 0:
                raise ParameterError.too_many_changes(limit)
        if len(rows):
            yield Applied(change, rows)


def _note(rule: str, one: Applied) -> Note:
    """Return the note on a change."""
    table, column, rows = one.change.table, one.change.column, len(one.rows)
    if column:
        what = f"1 cell of {column} was" if rows == 1 else f"{rows:,} cells of {column} were"
        return Note(table, CLEANED, f"{what} mended ({rule})", rows)
    if one.change.copies:
        what = "1 row" if rows == 1 else f"{rows:,} rows"
        return Note(table, CLEANED, f"{what} with copies stand once ({rule})", rows)
    what = "1 row was" if rows == 1 else f"{rows:,} rows were"
    return Note(table, CLEANED, f"{what} left out ({rule})", rows)


def _frame(log: list[tuple[str, Applied]]) -> pd.DataFrame:
    """Return the log."""
    import pandas as pd

    parts = [
        one.rows.to_pandas().assign(
            rule=rule, table=one.change.table, column=one.change.column or None
        )
        for rule, one in log
    ]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in LOG})
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)[list(LOG)]
    found["column"] = found["column"].astype("str")
    return found
