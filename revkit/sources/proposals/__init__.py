"""Proposals: a mapping for files that nobody has mapped yet, from their names and values.

``revkit map FOLDER`` and :func:`propose_mapping` read the names of files and columns (English,
Italian, German, French, Spanish), the types of their values, which columns are unique, and which
values of one file are keys of another. Each line of the proposal says how sure it is. Nothing is
loaded: whoever knows the data reads the lines, corrects them and passes the file as ``mapping=``.
"""

from revkit.sources.proposals.propose import Proposal, propose_mapping

__all__ = ["Proposal", "propose_mapping"]
