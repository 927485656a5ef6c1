"""Find out what a file is made of: its hash, its encoding, and whether it can be trusted."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# An accented letter in UTF-8, read as Windows-1252, is a capital A with tilde and a symbol:
# a pair that no language writes. Its presence tells that the file is UTF-8 with some bad bytes.
_UTF8_LETTER = re.compile(rb"[\xc3\xc4\xc5][\x80-\xbf]")
# What is left when a file is neither UTF-8 nor Windows-1252; only named, never assumed.
_OTHER_ENCODINGS = ["mac_roman", "cp850", "cp1250", "gb18030", "shift_jis", "big5"]
_ENDS_INSIDE_CHARACTER = "the file ends in the middle of a character, so it seems cut off"
_SAVE_AS_UTF8 = 'save the file as "CSV UTF-8" and try again'


class InputFileError(Exception):
    """The input as a whole cannot be used; nothing was processed.

    Args:
        path: The file.
        what: What is wrong, without a full stop.
        fix: What to do, without a full stop.
        line: Line where it shows, None when no single line is meant.
    """

    def __init__(self, path: Path, what: str, fix: str, *, line: int | None = None) -> None:
        place = f"{path}, line {line}" if line is not None else str(path)
        super().__init__(f"{place}: {what}. Fix: {fix}.")
        self.path = path
        self.what = what
        self.fix = fix
        self.line = line


@dataclass(frozen=True, slots=True)
class FileForm:
    """What a file turned out to be.

    Attributes:
        input_hash: sha256 of its bytes, hexadecimal.
        encoding: Name of the codec; None for a workbook.
        notices: What had to be assumed.
        has_nul: Whether a NUL character stands in the text.
        is_cut: Whether the last line has no end.
    """

    input_hash: str
    encoding: str | None
    notices: tuple[str, ...] = ()
    has_nul: bool = False
    is_cut: bool = False


def examine(path: Path) -> FileForm:
    """Read a file once from end to end.

    Args:
        path: The file.

    Returns:
        Its hash and how to read it.

    Raises:
        InputFileError: When it is missing, unreadable, empty, or in no encoding that can be told.
    """
    try:
        return _examine(path)
    except FileNotFoundError:
        raise InputFileError(path, "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise InputFileError(path, "this is a folder", "name the file in it") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputFileError(path, f"it cannot be read ({reason})", "check the file") from None


def _examine(path: Path) -> FileForm:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    if not start.strip():
        raise InputFileError(path, "the file is empty", "export it again")
    if start.startswith(_WORKBOOK_MAGIC):
        return FileForm(_hash(path), None)
    encoding = _announced_encoding(path, start)
    if encoding is not None:
        return _decode(path, encoding)
    try:
        return _decode(path, "utf-8")
    except InputFileError as error:
        _refuse_mixed(path, error)
    assumed = _decode(path, "cp1252")
    notice = f"{path.name} is not UTF-8; it was read as Windows-1252"
    return FileForm(
        assumed.input_hash, "cp1252", (notice,), has_nul=assumed.has_nul, is_cut=assumed.is_cut
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _announced_encoding(path: Path, start: bytes) -> str | None:
    """Read the encoding from the first bytes, where they tell."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            if not encoding:
                raise InputFileError(path, "the file is UTF-32", _SAVE_AS_UTF8)
            return encoding
    # ASCII in UTF-16 without a mark: every other byte is zero
    half = len(start) // 2
    if start[1::2].count(0) > half * 0.9:
        return "utf-16-le"
    if start[::2].count(0) > half * 0.9:
        return "utf-16-be"
    return None


def _decode(path: Path, encoding: str) -> FileForm:
    """Decode the whole file without keeping it; hash it on the way."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    has_nul, last, line = False, "", 1
    chunk, offset = b"", 0
    try:
        for chunk in _chunks(path):
            digest.update(chunk)
            text = decoder.decode(chunk)
            has_nul = has_nul or "\0" in text
            last = text[-1:] or last
            line += text.count("\n")
            offset += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _undecodable(path, encoding, error, line) from None
    is_cut = last not in {"\n", "\r"}
    return FileForm(digest.hexdigest(), encoding, has_nul=has_nul, is_cut=is_cut)


def _undecodable(
    path: Path, encoding: str, error: UnicodeDecodeError, lines_before: int
) -> InputFileError:
    line = lines_before + error.object[: error.start].count(b"\n")
    if "unexpected end" in error.reason or "truncated" in error.reason:
        return InputFileError(path, _ENDS_INSIDE_CHARACTER, "export it again", line=line)
    byte = error.object[error.start : error.start + 1].hex()
    sample = error.object[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
    guess = from_bytes(sample, cp_isolation=_OTHER_ENCODINGS).best()
    hint = f"; it may be {guess.encoding}" if guess is not None else ""
    return InputFileError(path, f"byte 0x{byte} is not {encoding}{hint}", _SAVE_AS_UTF8, line=line)


def _refuse_mixed(path: Path, error: InputFileError) -> None:
    """Refuse a file that has letters in UTF-8 and yet is not all UTF-8."""
    line = 1
    for chunk in _chunks(path):
        if found := _UTF8_LETTER.search(chunk):
            line += chunk[: found.start()].count(b"\n")
            break
        line += chunk.count(b"\n")
    else:
        return
    if error.what == _ENDS_INSIDE_CHARACTER:
        raise error
    raise InputFileError(
        path,
        f"the encoding changes inside the file: line {line} is UTF-8, line {error.line} is not",
        _SAVE_AS_UTF8,
        line=error.line,
    )
