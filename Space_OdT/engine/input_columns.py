"""The table of columns of the bulk input: who fills them, how they look, what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from Space_OdT.engine import digits, normalise
from Space_OdT.engine.calling_features import EXTERNAL_TRANSFER
from Space_OdT.engine.calling_settings import settings_json
from Space_OdT.engine.models import EntityType

SETTINGS_PREFIX = "calling_settings_"
PSTN_CONNECTION_TYPES = ("LOCAL_GATEWAY", "NON_INTEGRATED_CCP", "INTEGRATED_CCP", "CISCO_PSTN")
ROUTE_TYPES = ("ROUTE_GROUP", "TRUNK")


class Context(StrEnum):
    """What a cell needs to know about its surroundings before it can be judged."""

    NONE = "nothing"
    CALLING_CODES = "the country of its location, and of its neighbours"
    NEIGHBOUR_LENGTHS = "the lengths its neighbours have"
    COUNTRY = "the country in the same row"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the input.

    Attributes:
        name: Header.
        entities: Types of row it may be filled in.
        normalise: From a cell that is not blank to its one form; raises `BadValueError`.
        pattern: What a value looks like, for people.
        example: A synthetic value.
        meaning: What it is for.
        required: Types of row where it must be filled.
        rule: What else it must obey, "" when nothing.
        context: What the judgement depends on besides the cell.
    """

    name: str
    entities: tuple[EntityType, ...]
    normalise: Callable[..., str]
    pattern: str
    example: str
    meaning: str
    required: tuple[EntityType, ...] = ()
    rule: str = ""
    context: Context = Context.NONE


def _column(  # noqa: PLR0917 - the lines of a table read best by position
    entities: tuple[EntityType, ...],
    name: str,
    normaliser: Callable[..., str],
    pattern: str,
    example: str,
    meaning: str,
    *,
    required: bool | tuple[EntityType, ...] = False,
    rule: str = "",
    context: Context = Context.NONE,
) -> Column:
    where = required if isinstance(required, tuple) else entities if required else ()
    return Column(name, entities, normaliser, pattern, example, meaning, where, rule, context)


_BOTH = (EntityType.USER, EntityType.EXTENSION_ASSIGNMENT)
_any = partial(_column, tuple(EntityType))
_site = partial(_column, (EntityType.LOCATION,))
_user = partial(_column, (EntityType.USER,))
_assignment = partial(_column, (EntityType.EXTENSION_ASSIGNMENT,))
_person = partial(_column, _BOTH)

_short_text = partial(normalise.text, limit=100)
_entity_type = normalise.choice([item.value for item in EntityType])
_E164 = "`+`, country code, number: 7 to 15 digits"
_DIALLED = "digits as dialled, or `off`"
_YES_NO = "`true` or `false`"


def _one_of(values: tuple[str, ...]) -> str:
    return " or ".join(f"`{value}`" for value in values)


_COMMON = (
    _any(
        "entity_type",
        _entity_type,
        _one_of(tuple(EntityType)),
        "user",
        "What the row is about; decides the phase that runs it.",
        required=True,
    ),
    _any(
        "entity_key",
        normalise.text,
        "text",
        "",
        "Key of the row in every output. Blank: derived (see *Keys*).",
        rule="On `location` rows only its external id or name; on `user` rows not another e-mail.",
    ),
    _any(
        "location_key",
        normalise.text,
        "name or external id of a location",
        "Site 001",
        "The location the person belongs to.",
        required=_BOTH,
        rule="On `location` rows blank, or its own external id or name.",
    ),
    _any(
        "row_ref",
        _short_text,
        "text up to 100 characters",
        "HR-000017",
        "Your own reference; becomes `row_id`. Blank: the number of the row.",
        rule="Unique in the file.",
    ),
)

_LOCATION = (
    _site(
        "location_name",
        normalise.text,
        "text, up to 80 characters with calling",
        "Site 001",
        "Name in Webex; the key when there is no external id.",
        rule="Unique in the file. This or `location_external_id`.",
    ),
    _site(
        "location_external_id",
        _short_text,
        "text up to 100 characters",
        "S-001",
        "Your own id of the site, kept beside its Webex id in `location_map.csv`.",
        rule="Unique in the file. Recommended.",
    ),
    _site(
        "time_zone",
        normalise.time_zone,
        "IANA name",
        "Europe/Madrid",
        "Time zone of the site.",
        required=True,
    ),
    _site(
        "preferred_language",
        normalise.language,
        "`xx_yy`",
        "es_es",
        "Language of phones and e-mails.",
        rule="This or `announcement_language`; one stands for both.",
    ),
    _site(
        "announcement_language",
        normalise.language,
        "`xx_yy`",
        "ca_es",
        "Language of announcements.",
    ),
    _site(
        "address_line1", normalise.text, "text", "Calle Mayor 1", "Street, number.", required=True
    ),
    _site("address_line2", normalise.text, "text", "Planta 2", "Floor, building."),
    _site("address_city", normalise.text, "text", "Barcelona", "City.", required=True),
    _site("address_state", normalise.text, "text", "Barcelona", "State, province.", required=True),
    _site(
        "address_postal_code",
        digits.postal_code,
        "text; leading zeros count",
        "08001",
        "Postal code.",
        required=True,
        context=Context.COUNTRY,
    ),
    _site(
        "address_country",
        normalise.country,
        "ISO 3166 code of two letters",
        "ES",
        "Country; also tells which country code the numbers of this location have.",
        required=True,
    ),
    _site(
        "pstn_connection_type",
        normalise.choice(PSTN_CONNECTION_TYPES),
        _one_of(PSTN_CONNECTION_TYPES),
        "LOCAL_GATEWAY",
        "How the location reaches the public network. The API sets the first two only; the "
        "others end as pending `out_of_scope`.",
        rule="Needs calling.",
    ),
    _site(
        "premise_route_type",
        normalise.choice(ROUTE_TYPES),
        _one_of(ROUTE_TYPES),
        "ROUTE_GROUP",
        "Kind of premises route.",
        rule="Together with `premise_route_name`; both for `LOCAL_GATEWAY`, and only for it.",
    ),
    _site(
        "premise_route_name",
        normalise.text,
        "name of an existing route group or trunk",
        "RG_EXAMPLE",
        "The premises route.",
    ),
    _site(
        "main_number",
        digits.phone_number,
        _E164,
        "+34910000001",
        "Main number; must be, or become, a number of the location.",
        rule="Needs calling.",
        context=Context.CALLING_CODES,
    ),
)

_PEOPLE = (
    _person(
        "email",
        normalise.email,
        "e-mail address",
        "ana.lopez@example.com",
        "The person, who must exist in Webex already.",
        required=True,
        rule="Unique among `user` rows; among `extension_assignment` rows one extension and one "
        "number a person.",
    ),
    _column(
        (EntityType.LOCATION, EntityType.USER),
        "calling_enabled",
        normalise.boolean,
        _YES_NO,
        "true",
        "Whether to enable Webex Calling; blank means true. `false` leaves things as they are.",
    ),
    _user(
        "calling_license",
        normalise.text,
        "name of a licence",
        "Webex Calling - Professional",
        "The calling licence; blank: Professional, or the only kind the organisation has.",
    ),
    _assignment(
        "extension",
        digits.extension,
        "2 to 8 digits, as text",
        "80000001",
        "Extension of the person.",
        rule="Unique in its location. This or `phone_number`, or both.",
        context=Context.NEIGHBOUR_LENGTHS,
    ),
    _assignment(
        "phone_number",
        digits.phone_number,
        _E164,
        "+34910000002",
        "Number of the person; in the inventory of the location, or added with its row.",
        rule="Unique in the file.",
        context=Context.CALLING_CODES,
    ),
)


def _setting(  # noqa: PLR0917 - the lines of a table read best by position
    name: str,
    normaliser: Callable[..., str],
    pattern: str,
    example: str,
    meaning: str,
    context: Context = Context.NONE,
) -> Column:
    return _person(SETTINGS_PREFIX + name, normaliser, pattern, example, meaning, context=context)


def _switch(name: str, example: str, meaning: str) -> Column:
    return _setting(name, normalise.boolean, _YES_NO, example, meaning)


def _forward(name: str, example: str, meaning: str) -> Column:
    return _setting(name, digits.destination, _DIALLED, example, meaning)


_SETTINGS = (
    _forward("forward_always_destination", "530000001", "Forward every call there; `off` ends it."),
    _forward("forward_busy_destination", "+34910000009", "Forward there when busy; `off` ends it."),
    _forward(
        "forward_no_answer_destination",
        "+34910000009",
        "Forward there when nobody answers; `off` ends it.",
    ),
    _setting(
        "forward_no_answer_rings",
        digits.whole_number(2, 20),
        "2 to 20",
        "4",
        "Rings before a call counts as not answered.",
    ),
    _switch("voicemail_enabled", "true", "Voicemail."),
    _setting(
        "caller_id",
        normalise.choice(("DIRECT_LINE", "LOCATION_NUMBER")),
        "`DIRECT_LINE` or `LOCATION_NUMBER`",
        "LOCATION_NUMBER",
        "Number shown on outgoing calls.",
    ),
    _setting(
        "outgoing_profile",
        normalise.text,
        "name in the file of outgoing profiles",
        "internal_only",
        "Which calls the person may make.",
    ),
    _setting(
        "incoming_external_transfer",
        normalise.choice(EXTERNAL_TRANSFER),
        _one_of(EXTERNAL_TRANSFER),
        EXTERNAL_TRANSFER[0],
        "Which external calls reach the person.",
    ),
    _switch("call_waiting_enabled", "true", "Call waiting."),
    _switch("do_not_disturb_enabled", "false", "Do not disturb."),
    _switch("intercept_enabled", "false", "Call intercept."),
    _setting(
        "alternate_number",
        digits.phone_number,
        _E164,
        "+34510000001",
        "A second number of the person, added to those already there.",
        Context.CALLING_CODES,
    ),
    _setting(
        "json",
        settings_json,
        "JSON object: feature -> official body",
        '{"bargeIn":{"enabled":true}}',
        "Everything else, one body a feature; what a column sets may not repeat here.",
    ),
)

COLUMNS: Mapping[str, Column] = MappingProxyType(
    {column.name: column for column in (*_COMMON, *_LOCATION, *_PEOPLE, *_SETTINGS)}
)
