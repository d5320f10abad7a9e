"""Ids of accounts, leads and products, and those of second entries.

A chunk has twice as many numbers as it has accounts, and more for leads than it has leads. A
second entry takes a number that no first one can have, in an order of its own: neither the range,
nor the last digits, nor the distance from the first tells that it is one.
"""

from __future__ import annotations

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import Ids

ACCOUNT_BITS = 15
"""Bits of an account's position in its chunk."""

SECOND_SLOT = 24
"""First slot of an account's leads that is for second entries."""


def scramble(number: Numbers, bits: int) -> Numbers:
    """Permute the numbers below ``2 ** bits``, so that ids do not tell who came first."""
    size = 1 << bits
    return (number * (0x9E3779B1 % size | 1) + 0x3C6EF372) % size


def unscramble(number: Numbers, bits: int) -> Numbers:
    """Return the numbers that :func:`scramble` permuted.

    Examples
    --------
    >>> import numpy as np
    >>> unscramble(scramble(np.array([0, 1, 77]), 15), 15).tolist()
    [0, 1, 77]
    """
    size = 1 << bits
    return (number - 0x3C6EF372) * pow(0x9E3779B1 % size | 1, -1, size) % size


def account_ids(place: Numbers, chunk: int | Numbers) -> Ids:
    """Return the account_id at each position of a chunk.

    Examples
    --------
    >>> import numpy as np
    >>> account_ids(np.array([0, 1]), chunk=0).arrow().to_pylist()
    ['A062322', 'A027939']
    """
    return Ids("A", 6, scramble(place, ACCOUNT_BITS + 1) + (chunk << ACCOUNT_BITS + 1))


def second_account_ids(number: Numbers) -> Ids:
    """Return the account_id of each account's second entry, from the number in its first.

    Examples
    --------
    >>> import numpy as np
    >>> second_account_ids(np.array([62322, 27939])).arrow().to_pylist()
    ['A010052', 'A029605']
    """
    chunk = number >> ACCOUNT_BITS + 1
    place = unscramble(number - (chunk << ACCOUNT_BITS + 1), ACCOUNT_BITS + 1)
    return account_ids((1 << ACCOUNT_BITS) + scramble(place, ACCOUNT_BITS), chunk)


def lead_ids(account: Numbers, slot: Numbers, chunk: int | Numbers) -> Ids:
    """Return the lead_id in each slot, below 32, of the account at a position of a chunk."""
    bits = ACCOUNT_BITS + 5
    return Ids("L", 7, scramble((slot << ACCOUNT_BITS) + account, bits) + (chunk << bits))


def second_lead_ids(number: Numbers) -> Ids:
    """Return the lead_id of each lead's second entry, from the number in its first; some are null.

    Only an account's first eight leads have a number left for that.

    Examples
    --------
    >>> import numpy as np
    >>> first = lead_ids(np.array([0, 0]), np.array([1, 9]), chunk=0)
    >>> second_lead_ids(first.number).arrow().to_pylist()
    ['L0141124', None]
    """
    bits = ACCOUNT_BITS + 5
    chunk = number >> bits
    place = unscramble(number - (chunk << bits), bits)
    slot, account = place >> ACCOUNT_BITS, place & ((1 << ACCOUNT_BITS) - 1)
    found = lead_ids(scramble(account, ACCOUNT_BITS), slot + SECOND_SLOT, chunk)
    return found.only(slot < 32 - SECOND_SLOT)


def product_ids(count: int) -> list[str]:
    """Return the product_id of each of some products.

    Examples
    --------
    >>> product_ids(2)
    ['P01', 'P02']
    """
    return [f"P{number:02d}" for number in range(1, count + 1)]
