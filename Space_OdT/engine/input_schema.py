"""The versioned contract of the bulk input, and the reference page that is written from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from Space_OdT.engine.calling_features import FEATURES
from Space_OdT.engine.calling_settings import FEATURE_OF_COLUMN
from Space_OdT.engine.input_columns import COLUMNS, SETTINGS_PREFIX, Column, Context
from Space_OdT.engine.models import EntityType, Phase

__all__ = [
    "COLUMNS",
    "FREE_PREFIX",
    "IDENTITY_COLUMNS",
    "INPUT_SCHEMA_VERSION",
    "OUTPUT_COLUMNS",
    "ROW_RULES",
    "SETTINGS_PREFIX",
    "Column",
    "Context",
    "RowRule",
    "render_markdown",
]

INPUT_SCHEMA_VERSION = 1
FREE_PREFIX = "x_"

# Attributes of a person that live in the directory (LDAP), not in Webex Calling: a row that fills
# one of them asks for something the bot must never do.
# fmt: off
IDENTITY_COLUMNS = frozenset({
    "addresses", "apellidos", "avatar", "company", "cost_center",
    "department", "display_name", "division", "emails", "employee_number", "family_name",
    "first_name", "full_name", "given_name", "invite_pending", "last_name", "login_enabled",
    "manager", "manager_id", "middle_name", "nick_name", "nickname", "nombre",
    "password", "roles", "site_urls", "surname", "title",
    "user_name", "user_status", "user_type", "username",
})
# fmt: on

# What our own outputs add. They may stay in a corrected file that is fed back, and are ignored.
OUTPUT_COLUMNS = (
    "timestamp",
    "batch_id",
    "row_id",
    "phase",
    "step",
    "status",
    "http_status",
    "message",
    "remote_id",
    "reason_code",
    "reason_message",
    "raw_row_minified",
    "row_number",
    "input_line",
    "tracking_id",
)


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule about several cells of one row: at least one of them is filled.

    Attributes:
        entity: Type of row it holds for.
        columns: The columns it is about.
        expected: The rule, as a message says it after "expected".
        fix: What to do when it is broken.
    """

    entity: EntityType
    columns: tuple[str, ...]
    expected: str
    fix: str


# Rules that need more than "at least one of these" are code, in `cross_checks`.
ROW_RULES = (
    RowRule(
        EntityType.LOCATION,
        ("location_name", "location_external_id"),
        "location_name or location_external_id",
        "give the location a name, or the external id it is known by",
    ),
    RowRule(
        EntityType.LOCATION,
        ("preferred_language", "announcement_language"),
        "preferred_language or announcement_language",
        "fill one of them, as es_es; it stands for both",
    ),
    RowRule(
        EntityType.EXTENSION_ASSIGNMENT,
        ("extension", "phone_number"),
        "extension or phone_number, or both",
        "fill at least one of them",
    ),
)


def render_markdown() -> str:
    """Render the reference page of the input.

    Returns:
        Markdown; `docs/reference/input_schema.md` is a copy of it.
    """
    parts = [_INTRODUCTION.format(version=INPUT_SCHEMA_VERSION)]
    for entity in EntityType:
        parts.append(f"\n## `{entity}` rows (phase {Phase(entity.phase).value})\n\n")
        parts.append(_column_table(entity))
    parts.append("\n## Settings, on `user` and `extension_assignment` rows\n\n" + _SETTINGS_NOTE)
    parts.append(_settings_table())
    parts.append(_RULES)
    parts.append("\n## What a spreadsheet does to digits\n\n")
    parts.append(_table(("Damage", "What happens"), _DAMAGE))
    parts.append(_columns_beside())
    return "".join(parts)


def _column_table(entity: EntityType) -> str:
    mine = [c for c in COLUMNS.values() if entity in c.entities and not _is_setting(c)]
    rows = (
        (
            f"`{column.name}`",
            "yes" if entity in column.required else "",
            column.pattern,
            f"`{column.example}`" if column.example else "",
            f"{column.meaning} {column.rule}".strip(),
        )
        for column in mine
    )
    return _table(("Column", "Required", "Form", "Example", "Meaning and rules"), rows)


def _settings_table() -> str:
    rows = (
        (
            f"`{column.name}`",
            column.pattern,
            f"`{column.example}`",
            column.meaning,
            f"`{FEATURE_OF_COLUMN[column.name]}`" if column.name in FEATURE_OF_COLUMN else "",
        )
        for column in COLUMNS.values()
        if _is_setting(column)
    )
    return _table(("Column", "Form", "Example", "Meaning", "Feature"), rows)


def _is_setting(column: Column) -> bool:
    return column.name.startswith(SETTINGS_PREFIX)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def _columns_beside() -> str:
    return (
        "\n## Other columns\n\n"
        f"- `{FREE_PREFIX}*`: yours; carried along, never sent.\n"
        f"- Columns of our own outputs, ignored when a corrected file is fed back: "
        f"{_listed(OUTPUT_COLUMNS)}.\n"
        "- Columns of a person's identity. They may stand in the file, but a row that fills one is "
        f"rejected with `out_of_scope`: {_listed(sorted(IDENTITY_COLUMNS))}.\n"
        "- Any other column: the whole file is refused, with the column that may be meant.\n"
        "\n## Features for `calling_settings_json`\n\n"
        f"{_listed(FEATURES)}. A body holds the fields to change, named as in the Webex API "
        "reference; the others keep their values.\n"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_INTRODUCTION = """\
<!-- Written by `make docs` from the code's own tables: change those, not this page. -->
# Input of the bulk run

Schema version {version}. One file holds the rows of all three phases, in any order.

- CSV with a header; separator `,` `;` or tab; UTF-8 (with or without BOM), UTF-16 or Windows-1252.
  Cells with separators or line breaks stand in double quotes. Or XLSX: the first visible sheet.
- Headers may be written in any case, with blanks or dashes for underscores.
- A blank cell means: leave as it is. A cell that has no meaning in its type of row must be blank.
- Write digits as text. `'0123` and `="0123"` are understood as the text `0123`, meant as it stands.
"""

_SETTINGS_NOTE = """\
Applied after the person has calling: in phase 2 on `user` rows, in phase 3 on
`extension_assignment` rows. Only what differs from the current settings is written.

"""

_RULES = """
## Keys

| Row | Derived `entity_key` |
| --- | --- |
| `location` | `location_external_id`, else `location_name` |
| `user` | `email` |
| `extension_assignment` | `location_key:extension`, else `location_key:phone_number` |

## Uniqueness

The first row that is valid keeps a key, a later one is rejected with `duplicate_key` and names
the line of the first: `row_ref`; name and external id of locations (one space of names);
`email` of `user` rows; `extension` in its location, whether it is named by name or external id;
`phone_number`; one `extension` and one `phone_number` per `email` of `extension_assignment` rows.
"""

_DAMAGE = (
    (
        "lost `+`, or `00` in its place",
        (
            "put back when the country of the location, or the numbers with `+` in the file, "
            "prove the country code; else rejected"
        ),
    ),
    ("scientific notation (`1.4E+10`)", "rejected: the digits are gone"),
    (
        "lost leading zeros",
        (
            "postal code: rejected when shorter than its country has; extension: rejected when "
            "its neighbours are longer"
        ),
    ),
    ("decimals (`1001.0`), dates (`01-feb`), error values (`#N/A`)", "rejected"),
)
