"""Text as numbers until it is written: words by their codes, ids by their numbers.

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

FEW = 1 << 15
"""Words up to which a file has a dictionary of them: of more, each is written where it stands."""

FOUR = 10_000
"""Digits are looked up four at a time."""


class TextColumn(Protocol):
    """A column of text that is still numbers."""

    def __getitem__(self, rows: Numbers) -> Self: ...

    def arrow(self) -> pa.Array:
        """The text: strings, or a dictionary of them."""

    def words(self) -> Numbers:
        """The text as an array of strings, None for none, for tables that are small."""
        import pyarrow as pa

        return np.asarray(self.arrow().cast(pa.string()).to_numpy(zero_copy_only=False))


@dataclass(frozen=True)
class CodedText(TextColumn):
    """Words of a vocabulary, each once in it, or ids, by their codes; none for -1."""

    codes: Numbers
    vocabulary: Sequence[str] | Ids

    def __getitem__(self, rows: Numbers) -> CodedText:
        return CodedText(self.codes[rows], self.vocabulary)

    def arrow(self) -> pa.Array:
        """The words, with the vocabulary as their dictionary; of ids, if few, those that occur."""
        import pyarrow as pa

        codes, words = self.codes, self.vocabulary
        if isinstance(words, Ids) and (len(words.number) <= FEW or words.partial):
            codes, words = words.occurring(codes)
        dictionary = words.arrow() if isinstance(words, Ids) else vocabulary(tuple(words))
        indices = buffered(codes.astype(np.int32, copy=False), pa.int32(), codes >= 0)
        return pa.DictionaryArray.from_arrays(indices, dictionary)

    def followed_by(self, end: str) -> CodedText:
        """The same words, each with the same end."""
        assert not isinstance(self.vocabulary, Ids)
        return CodedText(self.codes, [word + end for word in self.vocabulary])


@dataclass(frozen=True)
class Ids(TextColumn):
    """Ids such as A000123: a letter and a number's digits, at least four; none for -1.

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
        """The ids at some positions, many of them more than once; none for position -1."""
        return CodedText(rows, self)

    def occurring(self, codes: Numbers) -> tuple[Numbers, Ids]:
        """The ids that occur at some positions, and the position of each among them."""
        occurs = np.zeros(len(self.number) + 1, bool)
        occurs[codes] = True
        used = np.flatnonzero(occurs[:-1] & (self.number >= 0))
        place = np.full(len(occurs), -1, np.int32)
        place[used] = np.arange(len(used))
        return place[codes], self[used]

    def only(self, where: Numbers) -> Ids:
        """The ids where a condition holds, none elsewhere."""
        return Ids(self.prefix, self.width, np.where(where, self.number, -1))

    @cached_property
    def partial(self) -> bool:
        """Whether some are none."""
        return bool((self.number < 0).any())

    def arrow(self) -> pa.Array:
        """The ids as strings, made once."""
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
    """Text one after another: other columns, whole numbers, and strings the same in every row.

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
        """The text; none where a part is."""
        import pyarrow.compute as pc

        parts: list[Any] = []
        for part in self.parts:
            if isinstance(part, str) and parts and isinstance(parts[-1], CodedText):
                parts[-1] = parts[-1].followed_by(part)
            else:
                parts.append(part)
        return pc.binary_join_element_wise(*map(_whole, parts), *strings([""]))


def _whole(part: TextColumn | Numbers | str) -> pa.Array | pa.Scalar:
    """A part of joined text as strings."""
    import pyarrow as pa

    if isinstance(part, str):
        return strings([part])[0]
    column = buffered(part, pa.int64()) if isinstance(part, np.ndarray) else part.arrow()
    return column.cast(pa.string())


def format_ids(prefix: str, width: int, number: Numbers) -> Numbers:
    """A row of letters for each number: a prefix and its digits, at least four.

    Four digits are put in their places at a time, the first ones first: where fewer are wanted,
    the rest runs into the row before, whose own last digits come later.
    """
    assert width >= 4, width
    size, fours = len(prefix) + width, []
    for end in range(size, len(prefix), -4):
        rest = number // FOUR
        fours.append((end, number - rest * FOUR))
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
    """Words as strings, made once."""
    return strings(words)


@cache
def digits() -> Numbers:
    """The four digits of each number below 10,000: letters, packed into one number."""
    number = np.arange(FOUR)[:, None] // np.array([1000, 100, 10, 1]) % 10
    letters: Numbers = (number + ord("0")).astype(np.uint8)
    return letters.view(np.uint32).ravel()


def _narrowed(letters: Numbers, prefix: int, width: int, known: Numbers) -> pa.Array:
    """Ids of which some need more digits than usual: leading zeros beyond those are left out."""
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
