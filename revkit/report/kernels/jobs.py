"""Tasks done several at a time: each waits for a kernel, which is a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


def done(tasks: Sequence[Callable[[], T]], at_a_time: int) -> list[T]:
    """Return what each task returns, in the order of the tasks.

    Parameters
    ----------
    tasks
        Called without arguments, in the language and settings of the caller. Of those that raise,
        the first one's exception is raised when all others are done.
    at_a_time
        How many run together, from 1 on. With 1 they run in the caller's own thread.

    Examples
    --------
    >>> done([lambda: "a", lambda: "b", lambda: "c"], at_a_time=2)
    ['a', 'b', 'c']
    """
    if at_a_time == 1:
        return [task() for task in tasks]
    waiting: SimpleQueue[int] = SimpleQueue()
    results: dict[int, T] = {}
    raised: dict[int, BaseException] = {}
    for place in range(len(tasks)):
        waiting.put(place)

    def work() -> None:
        while True:
            try:
                place = waiting.get_nowait()
            except Empty:
                return
            try:
                results[place] = tasks[place]()
            except BaseException as error:  # raised again in the caller's thread
                raised[place] = error

    # daemons, so that an interrupted report ends, and its kernels with it
    threads = [
        Thread(target=copy_context().run, args=(work,), daemon=True)
        for _ in range(min(at_a_time, len(tasks)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place in sorted(raised):
        raise raised[place]
    return [results[place] for place in range(len(tasks))]


class InOrder:
    """Words on several tasks, passed on task by task, in the order of their names.

    Those of a task wait until all tasks before it have said their last word.

    Parameters
    ----------
    tell
        Called with a name and a word.
    names
        Of the tasks, in order.
    more
        The word that is not a task's last.

    Examples
    --------
    >>> tell = InOrder(print, ["a", "b"], more="runs")
    >>> for said in [("b", "runs"), ("b", "done"), ("a", "runs"), ("a", "done")]: tell(*said)
    a runs
    a done
    b runs
    b done
    """

    def __init__(self, tell: Callable[[str, str], None], names: Sequence[str], more: str) -> None:
        self._tell, self._left, self._more = tell, list(names), more
        self._said: dict[str, list[str]] = {name: [] for name in names}
        self._lock = Lock()

    def __call__(self, name: str, word: str) -> None:
        with self._lock:
            self._said[name].append(word)
            while self._left and self._said[self._left[0]]:
                first = self._left[0]
                told = self._said[first].pop(0)
                self._tell(first, told)
                if told != self._more:
                    self._left.pop(0)
