"""Identifiers and random streams that depend on nothing but the seed and a few names."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from functools import lru_cache
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

_PREFIX = "ciscospark://us/"


@lru_cache(maxsize=8)
def _namespace(seed: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://organisation.example.com/{seed}")


def seeded_uuid(seed: int, *keys: object) -> UUID:
    """A UUID that is the same for the same seed and keys."""
    return uuid5(_namespace(seed), "/".join(map(str, keys)))


def seeded_random(seed: int, *keys: object) -> Random:
    """A random stream that is the same for the same seed and keys."""
    return Random(f"{seed}/" + "/".join(map(str, keys)))


def encode_id(type_name: str, value: UUID | str) -> str:
    """Write a public id: unpadded base64 of `ciscospark://us/<TYPE>/<value>`."""
    return b64encode(f"{_PREFIX}{type_name}/{value}".encode()).decode().rstrip("=")


def decode_id(public_id: str) -> tuple[str, str] | None:
    """Split a public id into its type and value.

    Returns:
        `(TYPE, value)`, or None for a text that is no public id.
    """
    try:
        text = b64decode(public_id + "=" * (-len(public_id) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    if not text.startswith(_PREFIX):
        return None
    type_name, slash, value = text.removeprefix(_PREFIX).partition("/")
    return (type_name, value) if slash else None


def seeded_id(seed: int, type_name: str, *keys: object) -> str:
    """A public id that is the same for the same seed, type and keys."""
    return encode_id(type_name, seeded_uuid(seed, type_name, *keys))
