"""Write exchanges to an HTTP archive that is valid after every entry, and goes on after a crash."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import harfile

from Space_OdT import __version__
from Space_OdT.webex.redaction import mask_spellings

_ENTRIES = '"entries": ['
# What closes the archive, and what closes one entry: the layout `harfile` writes. No line inside
# an entry can equal the latter, for line ends within values are escaped.
_TAIL = b"\n        ]\n    }\n}"
_ENTRY_END = b"\n            }"
_HTTP_VERSION = "HTTP/1.1"
_JSON = "application/json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class HarEntry:
    """One exchange, already redacted.

    Attributes:
        ended_at: Wall clock when the answer was complete.
        seconds: Time it took.
        method: Upper-case HTTP method.
        url: Absolute URL.
        request_headers: Header fields sent.
        request_body: Body sent, None when there was none.
        status: HTTP status; 0 when there was no answer, as browsers write it.
        response_headers: Header fields received.
        response_body: Body received, as far as it is kept.
        response_size: Body bytes received.
        content_type: Type of the body received.
        comment: What else there is to say, "" for nothing.
    """

    ended_at: datetime
    seconds: float
    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str | None
    status: int
    response_headers: dict[str, str]
    response_body: str
    response_size: int
    content_type: str
    comment: str = ""


class HarWriter:
    """Appends entries; the closing brackets are written with each one and overwritten by the next.

    So the file can be opened at any moment, also after the process was killed. If a write itself
    was cut short, opening the archive again drops the torn entry and keeps the ones before it. A
    file that is no archive of ours is put aside as `*.damaged`, never overwritten.

    Args:
        path: Archive file; its folder must exist.
        max_bytes: The archive does not grow beyond this.
    """

    def __init__(self, path: Path, *, max_bytes: int = 1 << 30) -> None:
        self.path = path
        self.is_full = False
        self._max_bytes = max_bytes
        self._file = _open_private(path)
        self._end, self._has_entries = _resume(self._file)
        if self._end == 0 and path.stat().st_size:
            self._file.close()
            path.replace(path.with_suffix(f"{path.suffix}.damaged"))
            self._file = _open_private(path)

    def add(self, entry: HarEntry, mask: tuple[str, ...] = ()) -> None:
        """Append one entry.

        Args:
            entry: The exchange.
            mask: Spellings of secrets that must not reach the file, as a last line of defence.

        Raises:
            OSError: When the disk does not take it.
        """
        head, item = _render(entry)
        before = head if self._end == 0 else "," if self._has_entries else ""
        text = before + item
        chunk = mask_spellings(text, mask).encode()
        if self._end + len(chunk) > self._max_bytes:
            self.is_full = True
            return
        self._file.seek(self._end)
        self._file.write(chunk + _TAIL)
        self._file.flush()
        self._end += len(chunk)
        self._has_entries = True

    def close(self) -> None:
        """Close the file; an archive without entries is made valid first."""
        if self._file.closed:
            return
        if self._end == 0:
            buffer = io.StringIO()
            with harfile.HarFile.open(buffer, creator=_creator()):
                pass
            self._file.write(buffer.getvalue().encode())
        self._file.close()


def _open_private(path: Path) -> BinaryIO:
    """Open for reading and writing, made if missing, for the owner alone: it holds bodies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    return os.fdopen(descriptor, "r+b")


def _resume(file: BinaryIO) -> tuple[int, bool]:
    """Find where the next entry goes, and cut off a torn one.

    Returns:
        Offset of the end of the last whole entry (0: nothing of ours), and whether there is one.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return 0, False
    end = _last(file, _ENTRY_END, size)
    empty = _last(file, _ENTRIES.encode(), size)
    if empty < 0:
        return 0, False
    position = max(end + len(_ENTRY_END) if end >= 0 else 0, empty + len(_ENTRIES))
    file.seek(position)
    file.truncate()
    file.write(_TAIL)
    file.flush()
    return position, end > empty


def _last(file: BinaryIO, mark: bytes, size: int) -> int:
    """Find the last place of a mark, reading backwards; -1 when it is nowhere."""
    stop = size
    while stop > 0:
        start = max(0, stop - _CHUNK)
        file.seek(start)
        found = file.read(stop - start + len(mark) - 1).rfind(mark)
        if found >= 0:
            return start + found
        stop = start
    return -1


def _render(entry: HarEntry) -> tuple[str, str]:
    """Let `harfile` lay the entry out; the text before the entry is the archive's head."""
    buffer = io.StringIO()
    archive = harfile.HarFile(buffer, creator=_creator())
    archive.add_entry(
        startedDateTime=entry.ended_at.astimezone(UTC) - timedelta(seconds=entry.seconds),
        time=round(entry.seconds * 1000, 3),
        request=_request(entry),
        response=_response(entry),
        timings=harfile.Timings(send=0, wait=round(entry.seconds * 1000, 3), receive=0),
        comment=entry.comment or None,
    )
    head, mark, item = buffer.getvalue().partition(_ENTRIES)
    return head + mark, item


def _creator() -> harfile.Creator:
    return harfile.Creator(name="Space_OdT", version=__version__)


def _records(fields: dict[str, str]) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in fields.items()]


def _request(entry: HarEntry) -> harfile.Request:
    body = entry.request_body
    return harfile.Request(
        method=entry.method,
        url=entry.url,
        httpVersion=_HTTP_VERSION,
        headers=_records(entry.request_headers),
        queryString=_records(_query(entry.url)),
        postData=None if body is None else harfile.PostData(mimeType=_JSON, text=body),
        bodySize=0 if body is None else len(body.encode()),
    )


def _query(url: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in url.partition("?")[2].split("&") if pair)
    return {name: value for name, _, value in pairs}


def _response(entry: HarEntry) -> harfile.Response:
    return harfile.Response(
        status=entry.status,
        statusText=_phrase(entry.status),
        httpVersion=_HTTP_VERSION,
        headers=_records(entry.response_headers),
        content=harfile.Content(
            size=entry.response_size, mimeType=entry.content_type, text=entry.response_body
        ),
        redirectURL=entry.response_headers.get("Location", ""),
        bodySize=entry.response_size,
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
