"""The columns of every CSV the bulk run writes: the specified ones first, ours to the right."""

from __future__ import annotations

from collections.abc import Iterable

# Term sheet of the bulk bot, v1.1, section 12: these come first, in this order.
RESULT_SPECIFIED = (
    "timestamp",
    "batch_id",
    "row_id",
    "phase",
    "entity_type",
    "entity_key",
    "step",
    "status",
    "http_status",
    "message",
    "remote_id",
)
PENDING_SPECIFIED = (
    "timestamp",
    "batch_id",
    "row_id",
    "phase",
    "entity_type",
    "entity_key",
    "step",
    "reason_code",
    "reason_message",
    "http_status",
    "raw_row_minified",
)
REJECTED_SPECIFIED = (
    "timestamp",
    "row_id",
    "entity_type",
    "entity_key",
    "reason_code",
    "reason_message",
    "raw_row_minified",
)

# What identifies a row for good: `row_id` may be the operator's own `row_ref`.
ROW_NUMBER = "row_number"
INPUT_LINE = "input_line"

RESULT_COLUMNS = (*RESULT_SPECIFIED, ROW_NUMBER, "reason_code", "tracking_id")
# All cells of a row as JSON, where they are not those of the columns of the input.
NORMALISED = "normalised_cells"
READY_EXTRA = (ROW_NUMBER, INPUT_LINE)
_PENDING_EXTRA = (ROW_NUMBER, INPUT_LINE, "tracking_id")
_REJECTED_EXTRA = (ROW_NUMBER, INPUT_LINE)


def original_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Choose the input columns that follow our own in `pending_rows.csv` and `rejected_rows.csv`.

    Args:
        names: Columns that are carried along from the input.

    Returns:
        All but the two that stand among ours already, so that no name occurs twice.
    """
    return tuple(name for name in names if name not in {"entity_type", "entity_key"})


def pending_columns(names: Iterable[str]) -> tuple[str, ...]:
    """List the columns of `pending_rows.csv`.

    Args:
        names: Columns of the input.

    Returns:
        The specified columns, ours, those of the input.
    """
    return (*PENDING_SPECIFIED, *_PENDING_EXTRA, *original_columns(names))


def rejected_columns(names: Iterable[str]) -> tuple[str, ...]:
    """List the columns of `rejected_rows.csv`.

    Args:
        names: Columns of the input.

    Returns:
        The specified columns, ours, those of the input.
    """
    return (*REJECTED_SPECIFIED, *_REJECTED_EXTRA, *original_columns(names))
