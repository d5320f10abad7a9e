"""Text columns kept as numbers until written: words by their codes, ids by their numbers.

A column of text can be reordered and thinned out like any other array, and becomes text once,
when its table is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from revkit.synth.kernel.buffers import bits, buffered, strings
from revkit.synth.kernel.random_streams import Numbers

if TYPE_CHECKING:
    import pyarrow as pa

FOUR_DIGITS = 10_000
"""Digits are formatted four at a time, from a look-up table of this size."""


class TextColumn(Protocol):
    """Column of text kept as numbers until it is written."""

    def __getitem__(self, rows: Numbers) -> Self: ...

    def arrow(self) -> pa.Array:
        """Convert to Arrow strings, or a dictionary of them."""

    def words(self) -> Numbers:
        """Convert to an array of strings, None for null; meant for small tables."""
        import pyarrow as pa

        return np.asarray(self.arrow().cast(pa.string()).to_numpy(zero_copy_only=False))


@dataclass(frozen=True)
class CodedText(TextColumn):
    """Words of a vocabulary of unique words or ids, by their codes; -1 for null."""

    codes: Numbers
    vocabulary: Sequence[str] | Ids

    def __getitem__(self, rows: Numbers) -> CodedText:
        return CodedText(self.codes[rows], self.vocabulary)

    def arrow(self) -> pa.Array:
        """Convert to an Arrow dictionary; of ids, only those that occur."""
        import pyarrow as pa

        codes, words = self.codes, self.vocabulary
        if isinstance(words, Ids):
            codes, words = words.occurring(codes)
        dictionary = words.arrow() if isinstance(words, Ids) else vocabulary(tuple(words))
        codes = codes.astype(np.int32, copy=False) if codes.itemsize > 4 else codes
        indices = buffered(codes, pa.from_numpy_dtype(codes.dtype), codes >= 0)
        return pa.DictionaryArray.from_arrays(indices, dictionary)

    def followed_by(self, end: str) -> CodedText:
        """Append a string to every word."""
        assert not isinstance(self.vocabulary, Ids)
        return CodedText(self.codes, [word + end for word in self.vocabulary])


@dataclass(frozen=True)
class Ids(TextColumn):
    """Ids such as A000123: a letter and a number's digits, at least four; -1 for null.

    Examples
    --------
    >>> ids = Ids("A", 6, np.array([123, 7]))
    >>> ids.arrow().to_pylist()
    ['A000123', 'A000007']
    >>> ids.of(np.array([1, -1])).arrow().to_pylist()
    ['A000007', None]
    >>> Ids("A", 6, np.array([1234567, 7])).arrow().to_pylist()
    ['A1234567', 'A000007']
    >>> Ids("A", 6, np.array([1234567, 7654321])).arrow().to_pylist()
    ['A1234567', 'A7654321']
    """

    prefix: str
    width: int
    number: Numbers

    def __getitem__(self, rows: Numbers) -> Ids:
        return Ids(self.prefix, self.width, self.number[rows])

    def of(self, rows: Numbers) -> CodedText:
        """Refer to the ids at some positions, with repeats; null for position -1."""
        return CodedText(rows, self)

    def occurring(self, codes: Numbers) -> tuple[Numbers, Ids]:
        """Return the positions among the ids that occur, and those ids."""
        codes = codes.astype(np.intp, copy=False)  # which NumPy would do for each use
        occurs = np.zeros(len(self.number) + 1, bool)
        occurs[codes] = True
        used = np.flatnonzero(occurs[:-1] & (self.number >= 0))
        place = np.full(len(occurs), -1, np.int32)
        place[used] = np.arange(len(used))
        return place[codes], self[used]

    def only(self, where: Numbers) -> Ids:
        """Keep the ids where a condition holds; null elsewhere."""
        return Ids(self.prefix, self.width, np.where(where, self.number, -1))

    @cached_property
    def partial(self) -> bool:
        """True if any id is null."""
        return bool((self.number < 0).any())

    def arrow(self) -> pa.Array:
        """Convert to Arrow strings, once."""
        return self._arrow

    @cached_property
    def _arrow(self) -> pa.Array:
        known = self.number >= 0
        number = np.where(known, self.number, 0) if self.partial else self.number
        most = int(number.max(initial=0))
        width = max(self.width, len(str(most)))
        letters = format_ids(
            self.prefix, width, number.astype(np.uint32 if most < 2**32 else np.uint64)
        )
        if width > self.width and int(number.min()) < 10 ** (width - 1):
            return _narrowed(letters, len(self.prefix), self.width, known)
        offsets = np.arange(len(letters) + 1, dtype=np.int32) * letters.shape[1]
        return _strings(offsets, letters, known)


@dataclass(frozen=True)
class JoinedText(TextColumn):
    """Concatenation of text columns, whole numbers, and strings that are the same in every row.

    Examples
    --------
    >>> words = CodedText(np.array([1, 0]), ("a", "b"))
    >>> JoinedText((words, "-", np.array([7, 12]), "!")).arrow().to_pylist()
    ['b-7!', 'a-12!']
    """

    parts: tuple[TextColumn | Numbers | str, ...]

    def __getitem__(self, rows: Numbers) -> JoinedText:
        return JoinedText(
            tuple(part if isinstance(part, str) else part[rows] for part in self.parts)
        )

    def arrow(self) -> pa.Array:
        """Convert to Arrow strings; null where a part is."""
        import pyarrow.compute as pc

        parts: list[Any] = []
        for part in self.parts:
            if isinstance(part, str) and parts and isinstance(parts[-1], CodedText):
                parts[-1] = parts[-1].followed_by(part)
            else:
                parts.append(part)
        return pc.binary_join_element_wise(*map(_whole, parts), *strings([""]))


def _whole(part: TextColumn | Numbers | str) -> pa.Array | pa.Scalar:
    """Convert a part of joined text to strings."""
    import pyarrow as pa

    if isinstance(part, str):
        return strings([part])[0]
    column = buffered(part, pa.int64()) if isinstance(part, np.ndarray) else part.arrow()
    return column.cast(pa.string())


def format_ids(prefix: str, width: int, number: Numbers) -> Numbers:
    """Format numbers as rows of bytes: a prefix and the digits, at least four.

    Four digits are put in their places at a time, the first ones first: where fewer are wanted,
    the rest runs into the row before, whose own last digits come later.
    """
    assert width >= 4, width
    size, fours = len(prefix) + width, []
    for end in range(size, len(prefix), -4):
        rest = number // FOUR_DIGITS
        fours.append((end, number - rest * FOUR_DIGITS))
        number = rest
    letters = np.empty(4 + size * max(len(number), 1), np.uint8)
    for end, four in reversed(fours):
        places = np.ndarray(len(number), np.uint32, letters, offset=end, strides=(size,))
        places[:] = digits()[four]
    rows = letters[4:][: size * len(number)].reshape(len(number), size)
    rows[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    return rows


@cache
def vocabulary(words: tuple[str, ...]) -> pa.Array:
    """Build an Arrow column of words, once."""
    return strings(words)


@cache
def digits() -> Numbers:
    """Return the four ASCII digits of each number below 10,000, packed into one integer."""
    number = np.arange(FOUR_DIGITS)[:, None] // np.array([1000, 100, 10, 1]) % 10
    letters: Numbers = (number + ord("0")).astype(np.uint8)
    return letters.view(np.uint32).ravel()


def _narrowed(letters: Numbers, prefix: int, width: int, known: Numbers) -> pa.Array:
    """Build ids of different widths by leaving out the leading zeros of the shorter ones."""
    extra = letters.shape[1] - prefix - width
    kept = np.ones(letters.shape, bool)
    leading = np.logical_and.accumulate(letters[:, prefix : prefix + extra] == ord("0"), axis=1)
    kept[:, prefix : prefix + extra] = ~leading
    offsets = np.zeros(len(letters) + 1, np.int32)
    np.cumsum(kept.sum(axis=1), out=offsets[1:])
    return _strings(offsets, letters[kept], known)


def _strings(offsets: Numbers, letters: Numbers, known: Numbers) -> pa.Array:
    import pyarrow as pa

    valid = None if known.all() else bits(known)
    data = pa.py_buffer(letters.ravel())
    return pa.StringArray.from_buffers(len(known), pa.py_buffer(offsets), data, valid)
