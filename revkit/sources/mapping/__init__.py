"""Mapping file: YAML that maps other names of tables, columns and values to the schema's.

::

    as_of: 2019-11-30            # the day at whose end the company is known, and
    why: the export ends there   # the reason, shown with the Dataset
    separator: ";"               # of CSV files; a comma when omitted
    decimal: ","                 # reads 1.234,56 € and (12,50); "." reads $1,234.56
    encoding: cp1252             # of CSV files; utf-8 when omitted
    date_format: "%d/%m/%Y"      # of dates; a list reads several; ISO when omitted
    zone: Europe/Rome            # where the days of moments begin: see below
    open_ended: ["9999-12-31"]   # dates that stand for none
    currency: EUR
    set_aside: [opportunities.closed_before_created]   # rules whose rows are counted nowhere
    ignore: [accounts.state]     # columns that are right although they look like a mistake
    tables:
      opportunities:
        source: deals            # the file or table, without its ending
        columns:
          opportunity_id: id
          kind: {from: type, words: {New: new, "": new}}     # "" are the empty cells
          created_on: {from: created, epoch: ms}             # or s: since 1970
          closed_on: {from: closed, date_format: "%Y%m%d", where: is_closed}
          is_won: {from: status, words: {Won: true, Lost: false, Open: null}}
          probability: {from: chance, percent: true}         # 90 or 90 % is 0.9
          amount: {from: cents, minor_units: true}           # 4900 is 49.00 in EUR, 4900 in JPY
          discount: {from: off, scale: 0.01, decimal: "."}   # a factor; a sign for one column
          product_id: {from: product, words: {GTXPro: GTX Pro}, others: keep}
        keep: [status]           # other columns to load as they are; all others when omitted
      subscriptions:
        source: contracts
        ends: inclusive          # the last day counts: ended_on and term_ends_on move by one

Settings above ``tables`` hold for every table, also for those that have our names already.

- A value that ``words`` does not list is refused, unless ``others: keep``. Words become values of
  their column's type: true, yes, y and 1 are true, false, no, n and 0 false, in any case. Put
  quotes around text that looks like a number or a date.
- A date that no ``date_format`` parses is refused, and so is one that two formats parse as
  different days, which ``["%Y-%m-%d", "%d/%m/%Y"]`` never do.
- A day of a text with a time: a ``date_format`` with a time (``"%d/%m/%Y %H:%M"``) cuts it as it is
  written. With ``zone``, moments with an offset (``2025-01-05T23:30:00Z``), timestamps of Parquet
  files and databases, and ``epoch`` are moved there first; text without an offset was written
  there. A column of timestamps is read in UTC, text without an offset by the clocks of ``zone``.
- ``where`` leaves a value out, as null, in rows whose other column is not true: a CRM has a close
  date for open deals, too, which is a plan.
- Without ``decimal``, a number is plain, as in ``1234.56``: ``1,234`` may be a thousand or a little
  over one. With it, thousands may be set apart by the other sign, blanks or apostrophes, and there
  may be a sign or code of the currency, which must be the row's, and parentheses or a minus.
- ``minor_units`` reads the currency of the row, else the company's: yen have none, dinars three.
"""

from revkit.sources.mapping.model import MappingFile
from revkit.sources.mapping.read import read_mapping
from revkit.sources.mapping.table import open_table

__all__ = ["MappingFile", "open_table", "read_mapping"]
