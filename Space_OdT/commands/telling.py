"""Talk to the operator: sentences on stderr, results on stdout, whether anybody listens or not."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

from rich.console import Console


def say(text: str) -> None:
    """Tell the operator something, on stderr.

    Args:
        text: One or several lines.
    """
    _write(sys.stderr, text)


def warn(text: str) -> None:
    """Warn the operator, on stderr.

    Args:
        text: One sentence without a full stop.
    """
    say(f"Warning: {text}.")


def show(text: str) -> None:
    """Write a line of the result, on stdout.

    Args:
        text: One or several lines.
    """
    _write(sys.stdout, text)


class _Patient:
    """A stream for rich that swallows what nobody reads any more: the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except OSError:
            _hush(self._stream)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            _hush(self._stream)


def operator_console() -> Console:
    """Make a console for live views on stderr; a terminal that went away ends no run.

    Returns:
        The console.
    """
    return Console(file=cast("TextIO", _Patient(sys.stderr)))


def result_console(width: int) -> Console:
    """Make a console for tables on stdout; a reader that has seen enough ends no run.

    Args:
        width: Characters of a line.

    Returns:
        The console.
    """
    return Console(file=cast("TextIO", _Patient(sys.stdout)), width=width)


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
