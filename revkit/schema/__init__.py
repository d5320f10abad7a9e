"""Schema: the tables of a company with their grain, columns, types, keys and relations."""

from revkit.schema.columns import NUMBERS, ColumnSchema, TableSchema
from revkit.schema.tables import TABLES

__all__ = ["NUMBERS", "TABLES", "ColumnSchema", "TableSchema"]
