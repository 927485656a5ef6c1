"""The columns of `input_softphones.csv`: their form, their stage, the field they set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.calling_features import BOOL, FEATURES, NUMBER
from Space_OdT.softphones.alternates import alternate_numbers
from Space_OdT.softphones.cells import Normaliser, names, of_kind, permissions, phone_number, text
from Space_OdT.softphones.stages import Stage

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class SoftphoneColumn:
    """One column of the input.

    Attributes:
        name: Its name in the header.
        stage: The stage that reads it.
        normalise: From a cell that is not blank to the one form of the value.
        meaning: What it is for, for people.
        example: A value as one would write it.
        feature: Feature of the API whose body it goes to; "" for none.
        path: Place of the field in that body.
        kind: Shape of the field, for columns with a path.
    """

    name: str
    stage: Stage
    normalise: Normaliser
    meaning: str
    example: str = ""
    feature: str = ""
    path: tuple[str, ...] = ()
    kind: Any = None

    def value(self, cell: str) -> Any:
        """Turn a normalised cell into the value of its field.

        Args:
            cell: The normalised cell.

        Returns:
            A JSON value.
        """
        if self.kind == BOOL:
            return cell == "true"
        return int(cell) if self.kind == NUMBER else cell


_BASE = (
    SoftphoneColumn(
        "user_email",
        Stage.LICENCE,
        normalise.email,
        "Address the person signs in with; the key of the row.",
        "ana.lopez@example.com",
    ),
    SoftphoneColumn(
        "calling_license_id", Stage.LICENCE, text, "Id (or exact name) of the calling licence."
    ),
    SoftphoneColumn("location_id", Stage.LICENCE, text, "Id of the location; beats location_name."),
    SoftphoneColumn("location_name", Stage.LICENCE, text, "Name of the location.", "Madrid Centro"),
    SoftphoneColumn(
        "extension", Stage.LICENCE, digits.extension, "Extension, 2 to 8 digits.", "80000001"
    ),
    SoftphoneColumn(
        "phone_number", Stage.LICENCE, phone_number, "Main number in E.164.", "+34910000001"
    ),
    SoftphoneColumn(
        "alternate_numbers",
        Stage.NUMBERS,
        alternate_numbers,
        "Alternate numbers to add or delete, as the API takes them.",
        '{"phoneNumbers":[{"action":"ADD","directNumber":"+34910000002"}]}',
    ),
    SoftphoneColumn(
        "incoming_permissions_json",
        Stage.PERMISSIONS,
        permissions("incomingPermission"),
        "Incoming permissions, as the API takes them.",
        '{"useCustomEnabled":true,"externalTransfer":"BLOCK_ALL_EXTERNAL"}',
    ),
    SoftphoneColumn(
        "outgoing_permissions_json",
        Stage.PERMISSIONS,
        permissions("outgoingPermission"),
        "Outgoing permissions, as the API takes them.",
        '{"useCustomEnabled":true,"useCustomPermissions":true}',
    ),
    SoftphoneColumn(
        "incoming_permissions_mode",
        Stage.PERMISSIONS,
        text,
        "Any text: apply incoming_permissions_defaults of the policy.",
        "policy",
    ),
    SoftphoneColumn(
        "outgoing_permissions_mode",
        Stage.PERMISSIONS,
        text,
        "Any text: apply outgoing_permissions_defaults of the policy.",
        "policy",
    ),
    SoftphoneColumn("call_queue_ids", Stage.QUEUES, names, "Ids of call queues, separated by |."),
    SoftphoneColumn(
        "call_queue_names",
        Stage.QUEUES,
        names,
        "Exact names of call queues, separated by |; read when there are no ids.",
        "Ventas|Soporte",
    ),
    SoftphoneColumn(
        "join_enabled",
        Stage.QUEUES,
        normalise.boolean,
        "Whether the agent is joined in these queues; blank leaves it as it is.",
        "true",
    ),
)

# Feature -> prefix of its columns and stage that reads them.
_FEATURE_COLUMNS = (
    ("callForwarding", "cf", Stage.FORWARDING),
    ("voicemail", "voicemail", Stage.VOICEMAIL),
    ("intercept", "intercept", Stage.INTERCEPT),
)
STAGE_FEATURES: Mapping[Stage, tuple[str, ...]] = MappingProxyType(
    {
        Stage.FORWARDING: ("callForwarding",),
        Stage.VOICEMAIL: ("voicemail",),
        Stage.INTERCEPT: ("intercept",),
        Stage.PERMISSIONS: ("incomingPermission", "outgoingPermission"),
    }
)


def _leaves(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(shape, Mapping):
        for name, inner in shape.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield path, shape


def _column_name(prefix: str, path: tuple[str, ...]) -> str:
    parts = path[1:] if path[0] == "callForwarding" else path
    words = ["noanswer" if part == "noAnswer" else _CAPITAL.sub("_", part) for part in parts]
    return "_".join((prefix, *words)).lower()


def _feature_columns() -> Iterator[SoftphoneColumn]:
    for feature, prefix, stage in _FEATURE_COLUMNS:
        for path, kind in _leaves(FEATURES[feature].writable):
            name = _column_name(prefix, path)
            yield SoftphoneColumn(
                name,
                stage,
                of_kind(name, kind),
                f"Field {'.'.join(path)} of {feature}.",
                "true" if kind == BOOL else "",
                feature,
                path,
                kind,
            )


COLUMNS: Mapping[str, SoftphoneColumn] = MappingProxyType(
    {column.name: column for column in (*_BASE, *_feature_columns())}
)
TEMPLATE_COLUMNS = (
    "user_email",
    "calling_license_id",
    "location_id",
    "location_name",
    "extension",
    "phone_number",
    "cf_always_enabled",
    "voicemail_enabled",
    "intercept_enabled",
    "incoming_permissions_json",
    "outgoing_permissions_json",
    "call_queue_ids",
    "call_queue_names",
    "join_enabled",
)
REQUIRED_COLUMNS = ("user_email", "calling_license_id")
# Columns with these beginnings are meant for the API, so an unknown one is never ignored.
FEATURE_PREFIXES = tuple(f"{prefix}_" for _, prefix, _ in _FEATURE_COLUMNS)

_BY_FOLDED = {name.replace("_", ""): name for name in COLUMNS}


def known_name(header: str) -> str:
    """Find the column a header cell means, whatever its case, blanks, dashes and underscores.

    Args:
        header: A cell of the header, as `cf_no_answer_enabled` or `voicemailEnabled`.

    Returns:
        The name of the column; "" when there is none.
    """
    folded = re.sub(r"[\s_.-]+", "", normalise.clean_text(header)).casefold()
    return _BY_FOLDED.get(folded, "")


def columns_of(stage: Stage) -> tuple[str, ...]:
    """List the columns a stage reads.

    Args:
        stage: The stage.

    Returns:
        Their names.
    """
    return tuple(name for name, column in COLUMNS.items() if column.stage is stage)
