"""All rows of all artifacts in one file, for whoever wants to look things up in one go."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import orjson

from Space_OdT.engine.atomic import replacing

SCHEMA_VERSION = "v1"


def write_cache(path: Path, exports: Path, names: Iterable[str], generated_at: str) -> None:
    """Write `cache.json` out of the exported JSON files, without holding them in memory.

    Args:
        path: The file to write.
        exports: Folder of the exports.
        names: Artifacts, in order; those without a file are left out.
        generated_at: When the run ended, ISO 8601 in UTC.

    Raises:
        OSError: When the disk is full.
    """
    meta = {"generated_at_utc": generated_at, "schema_version": SCHEMA_VERSION}
    with replacing(path) as file:
        file.write(b'{"meta": ' + orjson.dumps(meta) + b',\n"entities": {')
        separator = b"\n"
        for name in names:
            source = exports / f"{name}.json"
            if not source.is_file():
                continue
            file.write(separator + orjson.dumps(name) + b": ")
            with source.open("rb") as rows:
                shutil.copyfileobj(rows, file, 1 << 20)
            separator = b",\n"
        file.write(b"}}\n")
