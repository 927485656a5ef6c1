"""The short way for rows that are fine as they stand: the verdict of the long way, sooner.

Nearly all rows of a large file are plain: every cell is in its one form, and only the usual
columns are filled. They are recognised, counted and written here with as little as Python needs
for it; every other row goes the long way, and so does the first row of each location.
"""

from __future__ import annotations

from collections.abc import Callable

from Space_OdT.engine.csv_lines import line_maker
from Space_OdT.engine.input_header import Header
from Space_OdT.engine.models import EntityType
from Space_OdT.engine.row_keys import EntityKeys
from Space_OdT.engine.row_rules import EntityRules
from Space_OdT.engine.validation_report import Tally

Lane = Callable[[list[str], int, int], str]
"""Takes the cells of a row, its line and its number. Gives its ready record; "" when the row has
to go the long way, which then sees it first."""

_NEEDED = {
    EntityType.USER: ("location_key", "email"),
    EntityType.EXTENSION_ASSIGNMENT: ("location_key", "email", "extension", "phone_number"),
}


def fast_lane(rules: EntityRules, keys: EntityKeys, tally: Tally, header: Header) -> Lane | None:
    """Open the short way for one type of row, where a file allows it.

    Args:
        rules: What rows of the type obey.
        keys: Claims their keys.
        tally: Counts them.
        header: Columns of the file.

    Returns:
        The short way; None for locations, whose rules need every cell, and for files that lack a
        column a key is made of, or carry columns that are dropped.
    """
    needed = _NEEDED.get(rules.entity)
    names = header.names
    if needed is None or len(header.carried) != len(names) or not set(needed) <= set(names):
        return None
    if rules.entity is EntityType.USER:
        return _user_lane(rules, keys, tally, header)
    return _assignment_lane(rules, keys, tally, header)


def _user_lane(rules: EntityRules, keys: EntityKeys, tally: Tally, header: Header) -> Lane:
    is_plain_row = _plain_test(rules)
    claim = keys.claim
    count = tally.counter(rules.entity)
    locations = tally.locations
    email_at, place_at = header.names.index("email"), header.names.index("location_key")
    write = _writer(header)

    def lane(cells: list[str], line: int, number: int) -> str:
        # a location that was counted was normalised, so its key is plain
        if cells[place_at] not in locations or not is_plain_row(cells):
            return ""
        if claim(cells, line, number) is not None:
            return ""
        count(cells)
        return write(cells, cells[email_at], line, number)

    return lane


def _assignment_lane(rules: EntityRules, keys: EntityKeys, tally: Tally, header: Header) -> Lane:
    is_plain_row = _plain_test(rules)
    claim, derive = keys.claim, keys.derived_key
    count = tally.counter(rules.entity)
    locations = tally.locations
    place_at = header.names.index("location_key")
    write = _writer(header)

    def lane(cells: list[str], line: int, number: int) -> str:
        if cells[place_at] not in locations or not is_plain_row(cells):
            return ""
        key = derive(cells)
        # without a key there is neither an extension nor a number
        if not key or claim(cells, line, number) is not None:
            return ""
        count(cells)
        return write(cells, key, line, number)

    return lane


def _plain_test(rules: EntityRules) -> Callable[[list[str]], bool]:
    """Make the test whether every cell is in its one form, and none needs a look at another."""
    required, usual, others = (
        tuple((index, is_plain) for index, is_plain, _ in some)
        for some in (rules.required, rules.usual, rules.others)
    )
    rest_blanks = rules.rest_blanks
    may_be_odd = rules.may_be_odd

    def rest_is_plain(cells: list[str]) -> bool:
        return not any(may_be_odd(cells)) and all(
            not cells[index] or is_plain(cells[index]) for index, is_plain in others
        )

    def is_plain_row(cells: list[str]) -> bool:
        for index, is_plain in required:
            if not is_plain(cells[index]):
                return False
        blanks = rest_blanks
        for index, is_plain in usual:
            cell = cells[index]
            if not cell:
                blanks += 1
            elif not is_plain(cell):
                return False
        # counting the blank cells of the whole row is the fastest look at the other columns
        return cells.count("") == blanks or rest_is_plain(cells)

    return is_plain_row


def _writer(header: Header) -> Callable[[list[str], str, int, int], str]:
    """Make what formats the ready record of a plain row."""
    careful = line_maker()
    key_at = header.position("entity_key")
    separators = len(header.names) - (key_at is not None)

    def write(cells: list[str], key: str, line: int, number: int) -> str:
        if key_at is None:
            cells.append(key)
        else:
            cells[key_at] = key
        text = ",".join(cells)
        if text.count(",") == separators and '"' not in text:
            return f"{text},{number},{line}\n"
        return careful([*cells, str(number), str(line)])

    return write
