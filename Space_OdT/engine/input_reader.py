"""Open the bulk input, whatever program wrote it, and stream its rows with their line numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

from Space_OdT.engine.input_encoding import FileForm, InputFileError, examine
from Space_OdT.engine.input_workbook import WorkbookSource

__all__ = ["CsvSource", "InputFile", "InputFileError", "Record", "RecordSource", "open_input"]

DELIMITERS = (",", ";", "\t")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}

Record = tuple[int, int, list[str], str]
"""One row: the lines (rows of the sheet) where it starts and ends, from 1; its cells; and why it
cannot be used, "" when it can. Line breaks inside cells have become blanks, so that every later
file has one row a line. A row that cannot be split has its raw text as the only cell."""


class RecordSource(Protocol):
    """A file of rows that can be read more than once."""

    def records(self) -> Iterator[Record]:
        """Stream all rows, the header too, without blank ones."""
        ...


@dataclass(frozen=True, slots=True)
class InputFile:
    """The bulk input, opened and understood so far that its rows can be streamed.

    Attributes:
        path: The file.
        input_hash: sha256 of its bytes, hexadecimal.
        description: How it was read, for the log: encoding and separator, or the sheet.
        notices: What an operator should know, as an encoding that had to be assumed.
        header_line: Line of the header.
        header: The header cells as they stand.
        source: Where the rows come from.
    """

    path: Path
    input_hash: str
    description: str
    notices: tuple[str, ...]
    header_line: int
    header: tuple[str, ...]
    source: RecordSource

    def rows(self) -> Iterator[Record]:
        """Stream the rows below the header, each time from the first.

        Returns:
            The rows in order; each has as many cells as the header, or a problem.

        Raises:
            InputFileError: When a quote is never closed, so that the rest cannot be told apart.
        """
        records = self.source.records()
        next(records)
        return records


def open_input(path: Path, *, sheet: str = "", may_be_empty: bool = False) -> InputFile:
    """Open a bulk input and find out how it is written.

    Args:
        path: A CSV or XLSX file.
        sheet: The sheet of a workbook; "" for the first filled one.
        may_be_empty: Whether a header without a row below it is an input too.

    Returns:
        The file with its header; it is read once from end to end, for its hash and encoding.

    Raises:
        InputFileError: When it is missing, empty, not text, damaged, or has no row at all.
    """
    form = examine(path)
    source: CsvSource | WorkbookSource
    if form.encoding is None:
        source = WorkbookSource(path, sheet)
        description, notices = source.description, (*form.notices, *source.notices)
    else:
        source = _csv_source(path, form, form.encoding)
        notices = form.notices
        description = f"{form.encoding}, separator {_DELIMITER_NAMES[source.delimiter]}"
    records = source.records()
    line, header = _header(path, next(records, None))
    if next(records, None) is None and not may_be_empty:
        raise InputFileError(path, "there is a header but no row below it", "add rows", line=line)
    return InputFile(path, form.input_hash, description, notices, line, header, source)


def _header(path: Path, record: Record | None) -> tuple[int, tuple[str, ...]]:
    if record is None:
        raise InputFileError(path, "there is no row", "put the column names into the first one")
    line, _, cells, problem = record
    if problem:
        raise InputFileError(path, f"the header cannot be read: {problem}", "repair it", line=line)
    return line, tuple(cells)


def _csv_source(path: Path, form: FileForm, encoding: str) -> CsvSource:
    with path.open(encoding=encoding, newline="") as file:
        first = next((line for line in file if line.strip()), "")
    announced = first.rstrip("\r\n").casefold()
    if announced in {f"sep={delimiter}" for delimiter in DELIMITERS}:
        # Excel writes this line above the header, and hides it
        return CsvSource(path, encoding, announced[-1], form.has_nul, form.is_cut, skipped_lines=1)
    widths = {d: len(next(csv.reader([first], delimiter=d), [])) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: widths[d])
    return CsvSource(path, encoding, delimiter, form.has_nul, form.is_cut)


@dataclass(frozen=True, slots=True)
class CsvSource:
    """Rows of a CSV file, streamed.

    Attributes:
        path: The file.
        encoding: How its bytes become text.
        delimiter: What separates cells.
        has_nul: Whether a NUL character stands anywhere in it.
        is_cut: Whether its last line has no end.
        skipped_lines: Lines above the header that are not rows.
    """

    path: Path
    encoding: str
    delimiter: str
    has_nul: bool = False
    is_cut: bool = False
    skipped_lines: int = 0

    def records(self) -> Iterator[Record]:
        """Stream all rows, the header too, without blank ones.

        Yields:
            One record a row; a row that breaks the rules of CSV carries its problem.

        Raises:
            InputFileError: When a quote is never closed, so that the rest cannot be told apart.
        """
        with self._open() as file, self._open() as second_look:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            raw_lines = _RawLines(second_look, self.skipped_lines)
            end = skipped = self.skipped_lines
            width = plain_width = -1
            # whatever is not plain waits for the next row, to know whether it is the last
            held: Record | None = None
            while True:
                try:
                    for cells in reader:
                        if held:
                            yield held
                            held = None
                        start, end = end + 1, reader.line_num + skipped
                        if len(cells) == plain_width and start == end and cells[0].strip():
                            yield start, end, cells, ""
                        elif any(map(str.strip, cells)):
                            held = self._look(cells, start, end, width)
                            width = len(cells) if width < 0 else width
                            plain_width = -1 if self.has_nul else width
                except csv.Error as error:
                    if held:
                        yield held
                        held = None
                    start, end = end + 1, reader.line_num + skipped
                    self._refuse_open_quote(error, start, end)
                    yield start, end, [raw_lines.text(start, end)], _broken(error)
                else:
                    break
            if held:
                yield _explain_cut(held) if self.is_cut and held[3] else held

    def _open(self) -> TextIO:
        file = self.path.open(encoding=self.encoding, newline="")
        for _ in range(self.skipped_lines):
            next(file)
        return file

    def _look(self, cells: list[str], start: int, end: int, width: int) -> Record:
        """Judge a row that is not plain; a width of -1 is not known yet."""
        if start != end:
            cells = [" ".join(cell.splitlines()) for cell in cells]
        if 0 < width < len(cells) and not any(map(str.strip, cells[width:])):
            cells = cells[:width]
        return start, end, cells, self._problem(cells, start, end, width)

    def _problem(self, cells: list[str], start: int, end: int, width: int) -> str:
        if self.has_nul and any("\0" in cell for cell in cells):
            return "a NUL byte stands in the row: the file is damaged"
        if width in {-1, len(cells)}:
            return ""
        count = f"the row has {len(cells)} cells, the header {width}"
        if end > start:
            return (
                f"{count}, and it spans the lines {start} to {end}: a stray double quote seems to "
                "join several rows"
            )
        if len(cells) > width:
            return f"{count}: a separator inside a value needs double quotes around the value"
        return f"{count}: separators are missing"

    def _refuse_open_quote(self, error: csv.Error, start: int, end: int) -> None:
        if not any(sign in str(error) for sign in _SIGNS_OF_AN_OPEN_QUOTE):
            return
        raise InputFileError(
            self.path,
            f'a double quote (") that opens in the row of line {start} is not closed by line '
            f"{end}, so it cannot be told where rows end",
            'close it, or double it ("") when it belongs to the value',
            line=start,
        ) from None


# A cell beyond the parser's limit (128 KiB) is an open quote long before it is a value.
_SIGNS_OF_AN_OPEN_QUOTE = ("unexpected end of data", "field larger than field limit")


def _broken(error: csv.Error) -> str:
    return f"the row breaks the rules of CSV ({error}): a double quote inside a value is doubled"


def _explain_cut(record: Record) -> Record:
    start, end, cells, problem = record
    cut = "the file ends inside this row, so it seems cut off; export it again"
    return start, end, cells, f"{problem.partition(':')[0]}: {cut}"


class _RawLines:
    """The lines of a file by number, forward only: bad rows are rare and come in order."""

    def __init__(self, file: TextIO, lines_read: int) -> None:
        self._file = file
        self._read = lines_read

    def text(self, start: int, end: int) -> str:
        """Give the raw text of lines; `start` must lie behind every earlier `end`."""
        lines = islice(self._file, start - 1 - self._read, end - self._read)
        text = "".join(lines).rstrip("\r\n")
        self._read = end
        return text
