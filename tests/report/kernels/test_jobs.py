"""Tasks done several at a time: in order, in the caller's settings, and together."""

from threading import Barrier, current_thread, main_thread

import pytest

from revkit.language import in_language, language
from revkit.report.kernels.jobs import done


@pytest.mark.parametrize("at_a_time", [1, 2, 9])
def test_results_come_in_the_order_of_the_tasks(at_a_time):
    assert done([lambda at=at: at * at for at in range(20)], at_a_time) == [
        at * at for at in range(20)
    ]


def test_they_run_together():
    together = Barrier(2, timeout=20)

    assert sorted(done([together.wait, together.wait], 2)) == [0, 1]


def test_the_language_is_the_caller_s():
    with in_language("it"):
        assert done([lambda: language().code] * 3, 2) == ["it"] * 3


def test_one_at_a_time_is_in_the_caller_s_thread():
    assert done([current_thread], 1) == [main_thread()]


def test_the_first_error_is_raised_when_all_are_done():
    finished = []

    def fails(name):
        finished.append(name)
        raise ValueError(name)

    with pytest.raises(ValueError, match="a"):
        done([lambda: fails("a"), lambda: finished.append("b"), lambda: fails("c")], 2)

    assert sorted(finished) == ["a", "b", "c"]
