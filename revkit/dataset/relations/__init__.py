"""Relations: what the rows of one table say of another's, and where the two do not agree."""

from revkit.dataset.relations.check import Company, check_relations

__all__ = ["Company", "check_relations"]
