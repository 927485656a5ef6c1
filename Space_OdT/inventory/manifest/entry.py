"""What one line of the manifest says: data only, no behaviour beyond filling in a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Group(StrEnum):
    """Which part of the inventory an artifact belongs to."""

    BASE = "base"
    """A foundation list of the organisation."""
    V1 = "v1"
    """One of the 51 artifacts of the V1 manifest."""
    DERIVED = "derived"
    """Computed from other artifacts, without calls of its own."""


class Paging(StrEnum):
    """How a read is cut into pages; the values are the client's page styles."""

    NONE = "none"
    LINK = "link"
    START = "start"
    SCIM = "scim"


class Columns(StrEnum):
    """Documented column sets; `columns.py` says what is in each."""

    PEOPLE = "people"
    GROUPS = "groups"
    LOCATIONS = "locations"
    LICENSES = "licenses"
    WORKSPACES = "workspaces"
    NUMBERS = "numbers"
    LOC = "LOC"
    PSTN = "PSTN"
    PER = "PER"
    P = "P"
    P_NUMBER = "P+"
    W = "W"
    W_NUMBER = "W+"
    F = "F"
    F_NUMBER = "F+"
    AG = "AG"
    MG = "MG"
    ML = "ML"
    VN = "VN"
    V = "V"
    V_NUMBER = "V+"
    X = "X"


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the ids of a read per entity come from; ids of one entity always stay together.

    Attributes:
        source: Artifact whose rows name the entities.
        ids: Request id -> column of the source row; an entity lacking an id the path needs is
            passed over.
        where: Column that must be true or non-empty for the entity to be read.
        one_per: Request id; only the first entity of each value is read.
    """

    source: str
    ids: Mapping[str, str]
    where: str = ""
    one_per: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a list; a list that shows only part of itself is read several times.

    Attributes:
        query: Query parameters of this reading alone.
        ids: Request ids that rows of this reading carry.
    """

    query: tuple[tuple[str, str], ...] = ()
    ids: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Another artifact whose answers already hold this one, so that no call is needed.

    Attributes:
        artifact: The list that is read anyway.
        member: Key of the list's item that holds the answer of this read, kept under that key;
            empty when the item as a whole is the answer. An item without the member is read singly.
    """

    artifact: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact: the read behind it and the shape of its rows.

    Attributes:
        artifact: Name of the files, without suffix.
        method: SDK method of the same read; exported in the column `source_method`.
        path: Path of the GET with `{request id}` templates; empty when there is no such API.
        description: What it holds, in one line for people.
        columns: Documented column set.
        group: Foundation list, V1 artifact or derived.
        query: Query parameters that are always sent; values may hold `{request id}` templates.
        flag_query: Query parameter -> request id; sent as `true` when the entity has the id true.
        readings: Readings of a list; the first one that shows an item counts.
        feed: Ids for one read per entity; None for one read of the organisation.
        list_key: Key of the list in the answer; None when the answer is one object, one row.
        paging: How the list is cut into pages.
        page_size: Items asked for per page; None leaves it to the server.
        page_parameter: Name of the query parameter of the page size, where it is not the paging
            style's own.
        page_in_order: Whether the pages of one entity are so many that entities are read one after
            the other, each page written as it comes.
        extra: Columns that follow the documented ones, before the common tail.
        scope: Scope a token needs.
        after: Artifacts whose rows are looked at to fill a column; read first when they are read.
        served_by: Set when a list already holds the answers.
        other_path: The same read in another edition of the API, tried when the path is unknown.
        absent: Statuses that mean "not configured" for this read.
        no_api: Why there is nothing to read; empty for everything the API offers.
    """

    artifact: str
    method: str
    path: str
    description: str
    columns: Columns
    group: Group = Group.V1
    query: tuple[tuple[str, str], ...] = ()
    flag_query: tuple[tuple[str, str], ...] = ()
    readings: tuple[Reading, ...] = (Reading(),)
    feed: Feed | None = None
    list_key: str | None = None
    paging: Paging = Paging.NONE
    page_size: int | None = None
    page_parameter: str = ""
    page_in_order: bool = False
    extra: tuple[str, ...] = ()
    scope: str = "spark-admin:telephony_config_read"
    after: tuple[str, ...] = ()
    served_by: ServedBy | None = None
    other_path: str = ""
    absent: frozenset[int] = frozenset()
    no_api: str = ""

    def render(self, ids: Mapping[str, object], *, other: bool = False) -> tuple[str, Query]:
        """Fill in the request for one entity.

        Args:
            ids: Request ids of the entity; empty for a read of the organisation.
            other: Use `other_path`.

        Returns:
            The path below the base URL and the query, page parameters aside.
        """
        query = {name: value.format_map(ids) for name, value in self.query} if self.query else {}
        if self.flag_query:
            query.update({name: "true" for name, flag in self.flag_query if ids.get(flag)})
        return (self.other_path if other else self.path).format_map(ids), query


Query = dict[str, str]
