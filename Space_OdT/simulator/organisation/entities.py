"""What the simulated organisation is made of: plain records with JSON-able fields only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class OwnerKind(StrEnum):
    """Who may own numbers and extensions, as the numbers list names them."""

    PEOPLE = "PEOPLE"
    PLACE = "PLACE"
    VIRTUAL_LINE = "VIRTUAL_LINE"
    AUTO_ATTENDANT = "AUTO_ATTENDANT"
    CALL_QUEUE = "CALL_QUEUE"
    HUNT_GROUP = "HUNT_GROUP"
    GROUP_PAGING = "GROUP_PAGING"
    VOICEMAIL_GROUP = "VOICEMAIL_GROUP"
    VOICE_MESSAGING = "VOICE_MESSAGING"


class PstnKind(StrEnum):
    """How a location reaches the telephone network; NONE is a location not yet connected."""

    NONE = "NONE"
    LOCAL_GATEWAY = "LOCAL_GATEWAY"
    NON_INTEGRATED_CCP = "NON_INTEGRATED_CCP"
    INTEGRATED_CCP = "INTEGRATED_CCP"
    CISCO_PSTN = "CISCO_PSTN"


class LicenceKind(StrEnum):
    """What a licence gives; the API itself only tells by the name."""

    PROFESSIONAL = "professional"
    STANDARD = "standard"
    WORKSPACE = "workspace"
    HOT_DESK = "hotdesk"
    ATTENDANT_CONSOLE = "attendant_console"
    CUSTOMER_ASSIST = "customer_assist"
    OTHER = "other"
    IMPLICIT = "implicit"


USER_CALLING_KINDS = frozenset({LicenceKind.PROFESSIONAL, LicenceKind.STANDARD})
CALLING_KINDS = USER_CALLING_KINDS | {LicenceKind.WORKSPACE, LicenceKind.HOT_DESK}


@dataclass(slots=True)
class Licence:
    """A subscription line; `total_units` is what was bought."""

    id: str
    name: str
    kind: LicenceKind
    total_units: int
    subscription_id: str
    site_url: str | None = None


@dataclass(slots=True)
class Location:
    """A site; `calling` says whether it was enabled for Webex Calling.

    The fields below `calling` have a meaning only then. Emergency calls show the main number, or
    the number of `emergency_member`.
    """

    id: str
    name: str
    time_zone: str
    preferred_language: str
    announcement_language: str
    address1: str
    address2: str | None
    city: str
    state: str
    postal_code: str
    country: str
    latitude: str | None = None
    longitude: str | None = None
    notes: str | None = None
    calling: bool = False
    main_number: str | None = None
    caller_name: str | None = None
    external_caller_name: str = ""
    outside_dial_digit: str = ""
    enforce_outside_dial_digit: bool = False
    routing_prefix: str | None = None
    charge_number: str | None = None
    p_access_network_info: str | None = None
    pstn: PstnKind = PstnKind.NONE
    pstn_id: str | None = None
    route_type: str | None = None
    route_id: str | None = None
    unknown_extensions: bool = False
    unknown_route_type: str | None = None
    unknown_route_id: str | None = None
    emergency_member: str | None = None
    elin_minutes: int = 60


@dataclass(slots=True)
class Person:
    """A user; extension and numbers stand in the number plan, the location here.

    Attributes:
        identity: Further SCIM attributes, kept as they were written.
    """

    id: str
    email: str
    first_name: str
    last_name: str
    display_name: str
    created: str
    modified: str
    location_id: str | None = None
    licences: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    status: str = "active"
    last_activity: str | None = None
    invite_pending: bool = False
    login_enabled: bool = True
    time_zone: str | None = None
    department: str | None = None
    title: str | None = None
    manager_id: str | None = None
    manager: str | None = None
    avatar: str | None = None
    mobile: str | None = None
    addresses: list[dict[str, str]] = field(default_factory=list)
    site_urls: list[str] = field(default_factory=list)
    external_id: str | None = None
    identity: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Workspace:
    """A room or common-area phone; `licences` decide what calling it has."""

    id: str
    display_name: str
    created: str
    location_id: str | None = None
    calling: str = "freeCalling"
    licences: list[str] = field(default_factory=list)
    capacity: int | None = None
    type: str = "notSet"
    notes: str | None = None
    hotdesking: str = "off"
    supported_devices: str = "collaborationDevices"
    calendar: dict[str, Any] = field(default_factory=lambda: {"type": "none"})
    floor_id: str | None = None
    hosted_meetings: dict[str, Any] | None = None
    indoor_navigation: dict[str, Any] | None = None
    sip_address: str | None = None


@dataclass(slots=True)
class Group:
    """A group of people, as the administrators made it."""

    id: str
    display_name: str
    created: str
    modified: str
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Number:
    """A telephone number in the inventory of a location."""

    phone_number: str
    location_id: str
    state: str = "ACTIVE"
    number_type: str = "DID"
    service: bool = False


@dataclass(slots=True)
class Line:
    """What one owner answers: a number, an extension, or both."""

    owner_id: str
    owner_kind: OwnerKind
    location_id: str
    phone_number: str | None = None
    extension: str | None = None
    role: str = "PRIMARY"
    ring_pattern: str = "NORMAL"


@dataclass(slots=True)
class Trunk:
    """A connection to a premises gateway of one location.

    Attributes:
        settings: What a change wrote, as the API spells it.
    """

    id: str
    name: str
    location_id: str
    trunk_type: str = "REGISTERING"
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class RouteGroup:
    """Up to ten trunks in an order of priority; `trunks` holds ids and priorities."""

    id: str
    name: str
    trunks: list[list[Any]] = field(default_factory=list)


@dataclass(slots=True)
class RouteList:
    """Numbers of a location that are reached through a route group."""

    id: str
    name: str
    location_id: str
    route_group_id: str
    numbers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DialPlan:
    """Patterns of dialled digits that leave for a trunk or route group."""

    id: str
    name: str
    route_id: str
    route_type: str
    patterns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Feature:
    """An auto attendant, hunt group or call queue.

    Attributes:
        kind: `AUTO_ATTENDANT`, `HUNT_GROUP` or `CALL_QUEUE`.
        customer_assist: Queues only: needs the Customer Assist licence of its agents.
        agents: Members as `{"id", "weight", "joined"}`, in order.
        settings: What was written of the details, as the API spells it.
        forwarding: What was written of the forwarding settings.
        rules: Rules of selective forwarding by id.
    """

    id: str
    kind: OwnerKind
    name: str
    location_id: str
    enabled: bool = True
    customer_assist: bool = False
    agents: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    forwarding: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class VirtualLine:
    """A line without a user, for instance the shared number of an office."""

    id: str
    first_name: str
    last_name: str
    display_name: str
    location_id: str
    caller_first_name: str | None = None
    caller_last_name: str | None = None
    caller_number: str | None = None
    announcement_language: str | None = None
    time_zone: str | None = None
    directory_search: bool = True


@dataclass(slots=True)
class VirtualExtension:
    """An extension that stands for a telephone number outside Webex."""

    id: str
    extension: str
    phone_number: str
    first_name: str
    last_name: str
    display_name: str
    location_id: str | None = None


@dataclass(slots=True)
class VirtualExtensionRange:
    """Patterns of extensions that stand for a block of numbers outside Webex."""

    id: str
    name: str
    prefix: str
    patterns: list[str]
    location_id: str | None = None


@dataclass(slots=True)
class Device:
    """A phone or a collaboration device, of a person or a workspace."""

    id: str
    calling_id: str | None
    display_name: str
    owner_id: str
    owner_kind: OwnerKind
    location_id: str | None
    product: str
    type: str
    mac: str
    serial: str
    ip: str
    software: str
    created: str
    status: str = "connected"
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Job:
    """A background job; it advances with every reading of its state, and with time.

    Attributes:
        family: Which kind of job, as in its path.
        started: Seconds since the epoch.
        parameters: What the whole job is about, such as its target location.
        items: What is worked off one after another.
        steps_left: Readings after which all items are done.
        done: Items worked off.
        errors: What could not be done, as the errors list shows it.
    """

    id: str
    family: str
    started: float
    parameters: dict[str, Any]
    items: list[Any]
    steps_left: int
    status: str = "STARTING"
    exit_code: str = "UNKNOWN"
    done: int = 0
    ended: float | None = None
    paused: bool = False
    errors: list[dict[str, Any]] = field(default_factory=list)
