"""Mapping file: YAML that maps other names of tables, columns and values to the schema's.

::

    as_of: 2019-11-30            # the day at whose end the company is known, and
    why: the export ends there   # the reason, shown with the Dataset
    separator: ";"               # of CSV files; found out when omitted
    decimal: ","                 # reads 1.234,56 € and (12,50); "." reads $1,234.56
    encoding: cp1252             # of CSV files; utf-8, or what its mark says, when omitted
    date_format: "%d/%m/%Y"      # of dates; a list reads several; ISO when omitted
    zone: Europe/Rome            # where the days of moments begin: see below
    open_ended: ["9999-12-31"]   # dates that stand for none
    currency: EUR
    set_aside: [opportunities.closed_before_created]   # rules whose rows are counted nowhere
    ignore: [accounts.state]     # columns that are right although they look like a mistake
    tables:
      opportunities:
        source: deals            # the file, sheet or table, without its ending
        header_row: 4            # the line or row that names the columns; found out when omitted
        footer_rows: 1           # lines or rows at the end to leave out; found out when omitted
        columns:
          opportunity_id: id
          kind: {from: type, words: {New: new, "": new}}     # "" are the empty cells
          created_on: {from: created, epoch: ms}             # or s: since 1970; or excel: 45657
          closed_on: {from: closed, date_format: "%Y%m%d", where: is_closed}
          is_won: {from: status, words: {Won: true, Lost: false, Open: null}}
          probability: {from: chance, percent: true}         # 90 or 90 % is 0.9
          amount: {from: cents, minor_units: true}           # 4900 is 49.00 in EUR, 4900 in JPY
          discount: {from: cut, scale: 0.01, decimal: "."}   # a factor; a sign for one column
          product_id: {from: product, words: {GTXPro: GTX Pro}, others: keep}
          campaign_id: {coalesce: [Campaign, UTM Campaign], default: none}
          lost_reason: {from: notes, split: {by: " - ", part: 2}}       # part -1 is the last
          rep_id: {join: [First Name, Last Name], with: " "}
          parent_id: {from: parent, characters: 15}             # the first 15
          account_id: {from: id, lookup: {source: deal_company, key: deal_id, take: company_id,
                                          where: {type_id: 5}}}
        keep: [status]           # other columns to load as they are; all others when omitted
      subscriptions:
        source: contracts
        ends: inclusive          # the last day counts: ended_on and term_ends_on move by one
        note:                    # shown with every number of the table
          - fees of set-up are in it too
          - {where: {Coupon: {not: ""}}, say: mrr is before coupons}   # with how many rows
        rows: {where: {IsDeleted: false, Type: {not: [Test, Partner]}}}
        columns:                 # (price × quantity + addon − coupon) × (1 − cut), a month
          mrr: {from: price, times: quantity, plus: addon, minus: coupon,
                discount: {from: cut, percent: true},
                per: {interval: billing_period, count: periods}}
      activities:                # a list, where a table is in several files
        - {source: Task, columns: {activity_id: Id, kind: TaskSubtype}}
        - {source: Event, columns: {activity_id: Id, kind: {constant: meeting}}}
      opportunity_history:       # a column for each stage, with the moment it was entered
        source: deals
        pivot: {columns: "hs_date_entered_*", names: stage, values: entered}
        columns: {opportunity_id: id, stage: stage, changed_at: {from: entered, epoch: ms}}
      lead_history:              # the first time that each lead entered each stage
        source: LeadHistory
        rows: {where: {Field: Status}, one_per: [LeadId, NewValue], first_by: CreatedDate}
        columns: {lead_id: LeadId, stage: NewValue, entered_at: CreatedDate}

Settings above ``tables`` hold for every table, also for those that have our names already. A
mapping that begins with ``vendor: salesforce`` changes that of the vendor, column by column: see
:mod:`revkit.sources.vendors`.

- A value that ``words`` does not list is refused, unless ``others: keep``. Words become values of
  their column's type: true, yes, y and 1 are true, false, no, n and 0 false, in any case, and
  so are yes and no in Italian, German, French and Spanish. Put quotes around text that looks
  like a number or a date.
- ``status`` of subscriptions has ``ended`` for those that are over (``canceled: ended``). They
  count as active until ``ended_on``, without which they are refused; so are ``canceled: active``.
- A date that no ``date_format`` parses is refused, and so is one that two formats parse as
  different days, which ``["%Y-%m-%d", "%d/%m/%Y"]`` never do.
- A day of a text with a time: a ``date_format`` with a time (``"%d/%m/%Y %H:%M"``) cuts it as it is
  written. With ``zone``, moments with an offset (``2025-01-05T23:30:00Z``), timestamps of Parquet
  files and databases, and ``epoch`` are moved there first; text without an offset was written
  there, and Excel's numbers were, too. A column of timestamps is read in UTC, text without an
  offset by the clocks of ``zone``, and beside the formats above ``tables`` also as ISO writes it.
- ``where`` of a column leaves its value out, as null, in rows that do not meet a condition: a CRM
  has a close date for open deals, too, which is a plan. ``rows`` leaves whole rows out, which the
  Dataset counts. A condition is the name of a column that says yes or no, or by column a value, a
  list of values, ``{not: …}``, ``{after: another column}``, which is also true where one of both
  days is empty, or ``{in: {source: stages, key: id, where: is_closed}}``, values that another
  table has (``not_in``: has not); all must hold. Values are compared as text, ``null`` is an
  empty cell, ``true`` and ``false`` are any yes or no.
- ``coalesce`` takes the first value that is not empty. Names in it are read by the settings around
  them; a mapping in it, ``{from: closed, epoch: ms}``, by its own. ``default`` stands for an empty
  cell, after ``words`` and before ``where``.
- ``lookup`` reads a column of another table by a key, which must name one row there: ``where`` says
  which row counts, ``first_by`` or ``last_by`` a moment, or a number, that orders them. The same
  order chooses among the rows that agree in ``one_per``; rows of one moment stay, all of them.
  ``join``, then ``lookup``, ``split`` and ``characters``, then the other settings read that. A list
  of look-ups goes from table to table: each looks up what the one before has found.
- ``times``, ``plus``, ``minus``, ``discount`` and ``per`` reckon with other columns, which may be
  mappings of their own. ``per`` is an interval (day, week, month, quarter, year) or a column of
  them: an amount for a year becomes a twelfth of it, for a week 52 twelfths, for a day 365.
- ``pivot`` makes a row of each of some columns that is not empty: a list of columns; a pattern,
  whose ``*`` is the name; or the names by column. ``"*"`` is all that the table does not name.
- Databases read text as files do: dates, moments, numbers, yes and no, by the same settings. A
  date format may have %Y %y %m %d %b %B %H %I %p %M %S %f %z there.
- A sheet of a workbook is called as it is, ``source: Deals 2025``, and as ``book/Deals 2025`` where
  several workbooks have it; the only visible sheet also as the file. Excel's moments were written
  in ``zone``. ``header_row`` and ``footer_rows`` hold for the file, whichever table reads it.
- A ``note`` with ``write:``, the line that settles it, refuses the rows of its ``where``. With
  ``left_out: true`` it is said of rows that ``rows`` leaves out.
- A table in several files is the rows of all; a column that one lacks is null there. Files of one
  shape are a list, ``source: [deals_2024, deals_2025]``.
- Without ``decimal``, a number is plain, as in ``1234.56``: ``1,234`` may be a thousand or a little
  over one. With it, thousands may be set apart by the other sign, blanks or apostrophes, and there
  may be a sign or code of the currency, which must be the row's, and parentheses or a minus.
- ``minor_units`` reads the currency of the row, else the company's: yen have none, dinars three;
  ``minor_digits: {ISK: 2}`` above ``tables`` says where a source has others. An amount
  with decimals (49.00) is refused there. Of a vendor's export the heading says which it is:
  ``amount_due`` of an API is in cents, ``Amount Due`` of a page is not; ``data.notes`` tells. Where
  amounts belie the heading, none with decimals on a page, most below 1.00 in an API, they are
  refused with both lines: ``mrr: {from: MRR, minor_units: true}``, ``mrr: {from: MRR, scale: 1}``,
  which change the unit of the vendor's column and nothing else.
"""

from revkit.sources.mapping.model import MappingFile
from revkit.sources.mapping.read import checked, read_content, read_mapping
from revkit.sources.mapping.remedies import remedies_of
from revkit.sources.mapping.table import Opened, open_table

__all__ = [
    "MappingFile",
    "Opened",
    "checked",
    "open_table",
    "read_content",
    "read_mapping",
    "remedies_of",
]
