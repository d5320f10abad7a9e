"""Vendors: mappings of Salesforce, HubSpot, Stripe, Chargebee and Pipedrive, fitted to an export.

``rk.load(folder, mapping="salesforce")`` reads an export of Salesforce: by the names of its API, by
those of common connectors (``close_date``), and by those of its own reports in English and Italian
(``Close Date``, ``Data di chiusura``). What an export lacks is left out of the mapping. A file that
begins with ``vendor: salesforce`` says what is special about yours, column by column. Nothing is
guessed of deals: an export that does not tell what became of them is refused, and a stage that the
vendor does not ship is asked for. A file of another name is given to a table by ``source:``::

    vendor: salesforce
    separator: ";"
    date_format: "%d/%m/%Y"
    tables:
      opportunities:
        source: report1763200000000
        columns:
          kind: {from: Type, words: {Neukunde: new, Bestandskunde: expansion}}
"""

from revkit.sources.vendors.files import Export, maker
from revkit.sources.vendors.fit import fit, fit_own, merged
from revkit.sources.vendors.untold import lacking
from revkit.sources.vendors.vendor import VENDORS, Vendor, recognised

__all__ = [
    "VENDORS",
    "Export",
    "Vendor",
    "fit",
    "fit_own",
    "lacking",
    "maker",
    "merged",
    "recognised",
]
