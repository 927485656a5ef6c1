"""The seven stages of a softphone in their fixed order, and what makes a row have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

RESOLVE_PERSON = "resolve_person"


class Stage(StrEnum):
    """A stage; the value is its documented id, the order of the members is the order of work."""

    LICENCE = "assign_calling_license"
    NUMBERS = "apply_numbers_update"
    FORWARDING = "apply_forwarding"
    VOICEMAIL = "apply_voicemail"
    INTERCEPT = "apply_call_intercept"
    PERMISSIONS = "apply_permissions_in_out"
    QUEUES = "apply_call_queue_memberships"

    @property
    def number(self) -> int:
        """Position in the order of work, from 1."""
        return _NUMBERS[self]


_NUMBERS = {stage: number for number, stage in enumerate(Stage, 1)}


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes a row have a stage.

    Attributes:
        columns: Columns of which at least one is filled; none means every row has the stage.
        dependants: Beginnings of columns that mean nothing without the trigger.
    """

    columns: tuple[str, ...] = ()
    dependants: tuple[str, ...] = ()


TRIGGERS: Mapping[Stage, Trigger] = MappingProxyType(
    {
        Stage.LICENCE: Trigger(),
        Stage.NUMBERS: Trigger(("alternate_numbers",)),
        Stage.FORWARDING: Trigger(
            ("cf_always_enabled", "cf_busy_enabled", "cf_noanswer_enabled"), ("cf_",)
        ),
        Stage.VOICEMAIL: Trigger(("voicemail_enabled",), ("voicemail_",)),
        Stage.INTERCEPT: Trigger(("intercept_enabled",), ("intercept_",)),
        Stage.PERMISSIONS: Trigger(
            (
                "incoming_permissions_json",
                "outgoing_permissions_json",
                "incoming_permissions_mode",
                "outgoing_permissions_mode",
            )
        ),
        Stage.QUEUES: Trigger(("call_queue_ids", "call_queue_names")),
    }
)


# Calls of a stage for one person, when all is as wanted and when all is to be changed: every
# group of settings is read, written and read back; a line is changed with the person read again.
_CALLS: Mapping[Stage, tuple[int, int]] = MappingProxyType(
    {
        **dict.fromkeys(Stage, (1, 3)),
        Stage.LICENCE: (1, 5),
        Stage.PERMISSIONS: (1, 6),
    }
)
_CALLS_A_QUEUE = 2


def calls_of(stage: Stage, cells: Mapping[str, str]) -> tuple[int, int]:
    """Estimate the calls a stage takes for one person.

    Args:
        stage: The stage.
        cells: Normalised cells of the person's row.

    Returns:
        Calls when everything is as wanted, and calls when everything is to be changed.
    """
    least, most = _CALLS[stage]
    if stage is Stage.QUEUES:
        named = cells.get("call_queue_ids") or cells.get("call_queue_names", "")
        most += _CALLS_A_QUEUE * len(named.split("|"))
    return least, most


def stages_of(cells: Mapping[str, str]) -> tuple[Stage, ...]:
    """Tell which stages a row has.

    Args:
        cells: Normalised cells; a cell that is filled counts, `false` as well as `true`.

    Returns:
        The stages in the order of work.
    """
    return tuple(
        stage
        for stage, trigger in TRIGGERS.items()
        if not trigger.columns or any(cells.get(name) for name in trigger.columns)
    )


def idle_columns(cells: Mapping[str, str]) -> tuple[tuple[str, Stage], ...]:
    """Find filled columns whose stage the row does not have, so that nothing would read them.

    Args:
        cells: Normalised cells.

    Returns:
        Column and stage; empty when every filled column has an effect.
    """
    has = stages_of(cells)
    return tuple(
        (name, stage)
        for stage, trigger in TRIGGERS.items()
        if stage not in has
        for name, value in cells.items()
        if value and name.startswith(trigger.dependants or ("\0",))
    )
