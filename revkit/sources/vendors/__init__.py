"""Vendors: mappings of Salesforce, HubSpot, Stripe, Chargebee and Pipedrive, fitted to an export.

``rk.load(folder, mapping="salesforce")`` reads an export of Salesforce: by the names of its API, by
those of common connectors (``close_date``), and by those of its own reports in English and Italian
(``Close Date``, ``Data di chiusura``). What an export lacks is left out of the mapping. A file that
begins with ``vendor: salesforce`` says what is special about yours, column by column::

    vendor: salesforce
    separator: ";"
    date_format: "%d/%m/%Y"
    tables:
      opportunities:
        columns:
          kind: {from: Type, words: {Neukunde: new, Bestandskunde: expansion}}
"""

from revkit.sources.vendors.fit import fit, merged
from revkit.sources.vendors.vendor import VENDORS, Vendor, recognised

__all__ = ["VENDORS", "Vendor", "fit", "merged", "recognised"]
