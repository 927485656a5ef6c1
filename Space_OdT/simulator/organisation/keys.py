"""Ids as callers send them, brought to the form under which entities are filed."""

from __future__ import annotations

from Space_OdT.simulator.identifiers import decode_id


def canonical(identifier: object) -> str:
    """Strip padding and blanks, so that padded and bare ids find the same entity.

    Args:
        identifier: What a caller sent; anything that is not text finds nothing.

    Returns:
        The id as it is filed, or an empty text.
    """
    return identifier.strip().rstrip("=") if isinstance(identifier, str) else ""


def uuid_of(identifier: str) -> str:
    """Give the bare name inside an id, as SCIM wants it.

    Args:
        identifier: A public id, or already a bare UUID.

    Returns:
        The decoded name, or the text itself when it is no public id.
    """
    decoded = decode_id(identifier)
    return decoded[1] if decoded else identifier
