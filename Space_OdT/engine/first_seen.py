"""Remember the line of every key in flat memory: digests of eight bytes instead of strings."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from hashlib import blake2b

# Two bits are given away to stay inside the interpreter's fast integers.
_DIGEST_MASK = (1 << 62) - 1
_WORD_BITS = 64
_FEWEST_SLOTS = 1 << 10


def _blake(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


def default_digest() -> Callable[[str], int]:
    """Choose the digest: the interpreter's keyed 64-bit string hash where it has one.

    Returns:
        SipHash as `hash` offers it (60 ns), or BLAKE2b cut to eight bytes (700 ns). Of a million
        different keys, two share a digest with a probability of one in nine million.
    """
    return hash if sys.hash_info.width == _WORD_BITS else _blake


class FirstSeen:
    """A set of keys with the line where each was seen first; 16 bytes a slot.

    Digest and line lie side by side, so that a look-up waits for the memory once.

    Args:
        room: Most keys there will be; more fill the table, and look-ups grow slow.
        digest: From key to a number; injected by tests to provoke collisions of slots.
    """

    def __init__(self, room: int = 0, digest: Callable[[str], int] | None = None) -> None:
        slots = max(_FEWEST_SLOTS, 1 << (room * 3 // 2).bit_length())
        self._digest = digest or default_digest()
        self._table = array("Q", bytes(16 * slots))
        self._mask = 2 * slots - 2  # digests stand at even places, lines behind them

    def see(self, key: str, line: int) -> int:
        """Look a key up, and remember it when it is new.

        Args:
            key: The key; equal keys must be equal strings.
            line: Line it stands in, from 1.

        Returns:
            The line where it was seen first; 0 when it is new.
        """
        digest = self._digest(key) & _DIGEST_MASK or 1
        table = self._table
        place = digest & self._mask
        if table[place]:
            return self._see_further(digest, place, line)
        # nearly always: a new key, and nobody sits where it belongs
        table[place] = digest
        table[place + 1] = line
        return 0

    def _see_further(self, digest: int, place: int, line: int) -> int:
        table, mask = self._table, self._mask
        while found := table[place]:
            if found == digest:
                # a key that was forgotten has no line any more
                first = table[place + 1]
                table[place + 1] = first or line
                return first
            place = (place + 2) & mask
        table[place] = digest
        table[place + 1] = line
        return 0

    def forget(self, key: str) -> None:
        """Take a key back, because its row was rejected for another reason after all.

        Args:
            key: A key that `see` has just called new.
        """
        digest = self._digest(key) & _DIGEST_MASK or 1
        place = digest & self._mask
        while self._table[place] != digest:
            place = (place + 2) & self._mask
        self._table[place + 1] = 0  # the digest stays, so that look-ups still pass through here
