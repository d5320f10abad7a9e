"""Differences between a clean company and the same with dirt, and the key of the dirty one."""

from revkit.schema import TABLES


def cells(table, name):
    """Each row by its key, with its values as a person would write them."""
    columns = {}
    for column in table.column_names:
        columns[column] = [
            None if value is None or value != value
            else str(value).removesuffix(".0") if isinstance(value, float)
            else str(value)
            for value in table[column].to_pylist()
        ]  # fmt: skip
    keys = zip(*(columns[key] for key in TABLES[name].key if key in columns), strict=True)
    rows = zip(*columns.values(), strict=True)
    return {"|".join(key): row for key, row in zip(keys, rows, strict=True)}


def differences(clean, dirty):
    """List every changed cell, added row and lost row by comparing the tables."""
    found = set()
    for name, table in clean.tables.items():
        before, after = cells(table, name), cells(dirty.tables[name], name)
        found |= {(name, row, None, None, "added") for row in after.keys() - before.keys()}
        found |= {(name, row, None, "there", None) for row in before.keys() - after.keys()}
        for row in before.keys() & after.keys():
            both = zip(table.column_names, before[row], after[row], strict=True)
            found |= {(name, row, column, one, two) for column, one, two in both if one != two}
    return found


def key_of(dirty):
    return [tuple(row.values())[1:] for row in dirty.key.to_pylist()]
