"""Talk to the operator: sentences on stderr, results on stdout, whether anybody listens or not."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO


def say(text: str) -> None:
    """Tell the operator something, on stderr.

    Args:
        text: One or several lines.
    """
    _write(sys.stderr, text)


def show(text: str) -> None:
    """Write a line of the result, on stdout.

    Args:
        text: One or several lines.
    """
    _write(sys.stdout, text)


def _write(stream: TextIO, text: str) -> None:
    """Print, whatever the code page, and never let the work suffer from a closed pipe."""
    encoding = stream.encoding or "utf-8"
    printable = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(printable, file=stream, flush=True)
    except OSError:
        _hush(stream)


def _hush(stream: TextIO) -> None:
    """Lead a stream nowhere: its reader is gone, and what is left in it could not be flushed."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
