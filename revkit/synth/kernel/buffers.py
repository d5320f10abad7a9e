"""Arrow columns from NumPy arrays, without a copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.random_streams import Numbers

if TYPE_CHECKING:
    import pyarrow as pa


def buffered(values: Numbers, type: pa.DataType, known: Numbers | None = None) -> pa.Array:
    """Wrap an array of numbers or bools as an Arrow column; null where unknown.

    Examples
    --------
    >>> import pyarrow as pa
    >>> buffered(np.array([3, 4]), pa.int64(), np.array([True, False])).to_pylist()
    [3, None]
    >>> buffered(np.array([True, False, True]), pa.bool_()).to_pylist()
    [True, False, True]
    """
    import pyarrow as pa

    data = bits(values) if values.dtype == bool else pa.py_buffer(np.ascontiguousarray(values))
    valid = None if known is None or known.all() else bits(known)
    return pa.Array.from_buffers(type, len(values), [valid, data])


def bits(flags: Numbers) -> pa.Buffer:
    """Pack flags into bits, the first one lowest."""
    import pyarrow as pa

    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def strings(words: Sequence[str | None]) -> pa.Array:
    """Build an Arrow column of text.

    Examples
    --------
    >>> strings(["won", None, ""]).to_pylist()
    ['won', None, '']
    """
    import pyarrow as pa

    letters = [(word or "").encode() for word in words]
    offsets = np.zeros(len(words) + 1, np.int32)
    np.cumsum([len(each) for each in letters], out=offsets[1:])
    known = np.array([word is not None for word in words], bool)
    valid = None if known.all() else bits(known)
    data = pa.py_buffer(b"".join(letters))
    return pa.StringArray.from_buffers(len(words), pa.py_buffer(offsets), data, valid)
