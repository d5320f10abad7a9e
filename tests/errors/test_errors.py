"""Every refusal is a sentence, and the builtin that a caller would already catch."""

import inspect

import pytest

from revkit import errors
from revkit.errors import ColumnError, DimensionError, RevkitError, TableError, nearest

CLASSES = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, RevkitError) and kind is not RevkitError
]


@pytest.mark.parametrize("kind", CLASSES)
def test_each_error_is_also_a_builtin_and_drawn_in_the_tree(kind):
    builtin = next(one for one in kind.__mro__ if one.__module__ == "builtins")

    assert builtin not in (Exception, BaseException, object)
    assert f"{kind.__name__} " in errors.__doc__ + " "
    assert f"({builtin.__name__})" in errors.__doc__


def test_jupyter_shows_the_sentence_alone():
    error = TableError.missing("leads", found=["accounts"])

    assert error._render_traceback_() == [f"TableError: {error}"]


def test_nearest_ignores_case_and_finds_nothing_in_nothing():
    assert nearest("SEGMNT", ["segment", "region"]) == "segment"
    assert nearest("xyz", ["segment"]) is None
    assert nearest("segment", []) is None


def test_a_missing_column_is_said_with_the_line_to_write():
    found = ["opportunity_id", "account_id", "created_on", "close_date"]

    error = ColumnError.missing(
        "closed_on", table="opportunities", found=found, taken=["created_on"]
    )

    assert str(error) == (
        "opportunities has no column 'closed_on'; it has: opportunity_id, account_id, "
        "created_on, close_date. Did you mean 'close_date'? "
        "Name it in a mapping: columns: {closed_on: close_date}."
    )


def test_a_long_list_is_cut_and_counted():
    found = [f"v{number:02}" for number in range(30)]

    error = DimensionError.unknown_value("segment", "x", found=found)

    assert "v19, and 10 more." in str(error)
