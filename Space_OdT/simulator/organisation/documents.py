"""Settings documents that belong to an entity of the organisation and live and die with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator.protocol import JsonObject

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def read_document(world: World, path: str) -> JsonObject | None:
    """Give a document that was written; None while the original is in force.

    Args:
        world: The world.
        path: Path below `/v1`.

    Returns:
        The document.
    """
    return world.documents.get(path)


def write_document(world: World, path: str, document: JsonObject) -> None:
    """Keep a document in place of its original."""
    world.documents[path] = document


def forget_document(world: World, path: str) -> None:
    """Let the original of a document be in force again."""
    world.documents.pop(path, None)


def forget_documents_of(world: World, identifier: str) -> None:
    """Drop everything that was written for an entity: documents and items of its lists."""
    for path in [path for path in world.documents if identifier in path]:
        del world.documents[path]
    for path in [path for path in world.collections if identifier in path]:
        del world.collections[path]
