"""Python looks for no garbage while a query is written, and does as before afterwards."""

import gc

import pytest

from revkit.dataset.engines import garbage
from revkit.dataset.engines.query_errors import QueryErrors


class Backend:
    """A backend that tells whether Python collects while it writes a query."""

    def compile(self, query):
        return query, gc.isenabled()


class Engine(QueryErrors, Backend):
    """The same, as revkit has it."""


def test_a_query_is_written_without_a_look_for_garbage():
    assert Backend().compile("select") == ("select", True)
    assert Engine().compile("select") == ("select", False)
    assert gc.isenabled()


def failing():
    with garbage.kept():
        assert not gc.isenabled()
        raise KeyError


@pytest.mark.parametrize("before", [True, False])
def test_it_is_as_before_after_an_error(before):
    try:
        if not before:
            gc.disable()
        with pytest.raises(KeyError):
            failing()

        assert gc.isenabled() == before
    finally:
        gc.enable()
