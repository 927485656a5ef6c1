"""What validation found, as numbers and names; kept beside the rows it vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.calling_settings import OUTGOING_PROFILE
from Space_OdT.engine.input_header import Header
from Space_OdT.engine.input_schema import COLUMNS, INPUT_SCHEMA_VERSION, SETTINGS_PREFIX, Context
from Space_OdT.engine.models import EntityType
from Space_OdT.webex.error_handling import ReasonCode

_SHOWN_REPAIRS = 5


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The result of the pipeline.

    Attributes:
        input_path: The input as given.
        input_hash: sha256 of its bytes.
        pipeline_version: Version that judged it.
        schema_version: Version of the input schema.
        description: How the file was read.
        notices: What an operator should know.
        rows: Rows of the input; blank ones do not count.
        ready: Type of row -> rows that can be run.
        rejected: Reason code -> rows that cannot.
        normalised: Column -> cells that were brought into their one form.
        repaired_plus: Column -> numbers whose lost `+` was put back.
        repair_examples: A few of them, with their lines.
        locations: Location keys that rows refer to without a location row in the file -> rows.
        licences: Licence names, "" for the default -> user rows that want calling.
        routes: Premises routes named by location rows, as `ROUTE_GROUP:name` -> rows.
        profiles: Outgoing profiles -> rows.
        rows_with_settings: Rows that ask for calling settings.
    """

    input_path: str
    input_hash: str
    pipeline_version: int
    schema_version: int
    description: str
    notices: tuple[str, ...]
    rows: int
    ready: dict[str, int]
    rejected: dict[str, int]
    normalised: dict[str, int]
    repaired_plus: dict[str, int]
    repair_examples: tuple[str, ...]
    locations: dict[str, int]
    licences: dict[str, int]
    routes: dict[str, int]
    profiles: dict[str, int]
    rows_with_settings: int

    @property
    def ready_rows(self) -> int:
        """Rows that can be run."""
        return sum(self.ready.values())

    @property
    def rejected_rows(self) -> int:
        """Rows that cannot be run."""
        return sum(self.rejected.values())

    def save(self, path: Path) -> None:
        """Write the report; it is the last file of the pipeline.

        Args:
            path: Where to.

        Raises:
            OSError: When it cannot be written.
        """
        write_atomic(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2), durable=True)


def load_report(path: Path, *, input_hash: str, pipeline_version: int) -> ValidationReport | None:
    """Find out whether the outputs of the pipeline are there and belong to an input.

    Args:
        path: Where `ValidationReport.save` wrote.
        input_hash: Hash of the input at hand.
        pipeline_version: Version at hand.

    Returns:
        The report, or None when the pipeline has to run (again).
    """
    try:
        data = orjson.loads(path.read_bytes())
        values: dict[str, Any] = {item.name: data[item.name] for item in fields(ValidationReport)}
        values["notices"] = tuple(values["notices"])
        values["repair_examples"] = tuple(values["repair_examples"])
        report = ValidationReport(**values)
    except (OSError, ValueError, KeyError, TypeError):  # missing, torn, or of another version
        return None
    expected = (input_hash, pipeline_version, INPUT_SCHEMA_VERSION)
    found = (report.input_hash, report.pipeline_version, report.schema_version)
    return report if found == expected else None


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


@dataclass(slots=True)
class Tally:
    """Counts while rows are judged; its size depends on distinct names, not on rows.

    Attributes:
        header: Columns of the file.
    """

    header: Header
    ready: dict[str, int] = field(default_factory=lambda: {e.value: 0 for e in EntityType})
    rejected: dict[str, int] = field(default_factory=dict)
    normalised: dict[str, int] = field(default_factory=dict)
    repaired_plus: dict[str, int] = field(default_factory=dict)
    repair_examples: list[str] = field(default_factory=list)
    locations: dict[str, int] = field(default_factory=dict)
    licences: dict[str, int] = field(default_factory=dict)
    routes: dict[str, int] = field(default_factory=dict)
    profiles: dict[str, int] = field(default_factory=dict)
    rows_with_settings: int = 0
    _location_at: int = field(init=False)
    _enabled_at: int | None = field(init=False)
    _licence_at: int | None = field(init=False)
    _settings: tuple[int, ...] = field(init=False)
    _phones: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        """Find the columns that are counted."""
        names = self.header.names
        # rows that are ready have a location, so a file without this column has none of them
        self._location_at = self.header.position("location_key") or 0
        self._enabled_at = self.header.position("calling_enabled")
        self._licence_at = self.header.position("calling_license")
        self._settings = tuple(i for i, n in enumerate(names) if n.startswith(SETTINGS_PREFIX))
        self._phones = frozenset(
            index
            for index, name in enumerate(names)
            if name in COLUMNS and COLUMNS[name].context is Context.CALLING_CODES
        )

    def counter(self, entity: EntityType) -> Callable[[Sequence[str]], None]:
        """Make what counts the ready rows of one type.

        Args:
            entity: Type of row.

        Returns:
            A function that takes the normalised cells, and one blank cell behind them.
        """
        ready, name = self.ready, entity.value
        locations, licences = self.locations, self.licences
        is_user = entity is EntityType.USER
        place_at, enabled_at, licence_at = self._location_at, self._enabled_at, self._licence_at
        settings = self._settings

        def count_location(cells: Sequence[str]) -> None:
            ready[name] += 1
            self._add_route(cells)

        def count_person(cells: Sequence[str]) -> None:
            ready[name] += 1
            location = cells[place_at]
            locations[location] = locations.get(location, 0) + 1
            if is_user and (enabled_at is None or cells[enabled_at] != "false"):
                licence = cells[licence_at] if licence_at is not None else ""
                licences[licence] = licences.get(licence, 0) + 1
            for index in settings:
                if cells[index]:
                    self._add_settings(cells)
                    break

        return count_location if entity is EntityType.LOCATION else count_person

    def _add_route(self, cells: Sequence[str]) -> None:
        names = self.header.names
        if "premise_route_name" in names and (route := cells[names.index("premise_route_name")]):
            _count(self.routes, f"{cells[names.index('premise_route_type')]}:{route}")

    def _add_settings(self, cells: Sequence[str]) -> None:
        self.rows_with_settings += 1
        at = self.header.position(OUTGOING_PROFILE)
        if at is not None and cells[at]:
            _count(self.profiles, cells[at])

    def add_changes(self, cells: Sequence[str], changes: dict[int, str], line: int) -> None:
        """Count cells that were brought into their one form.

        Args:
            cells: The cells as they stood.
            changes: Position -> new value.
            line: Line of the row.
        """
        for index, value in changes.items():
            name = self.header.names[index]
            _count(self.normalised, name)
            if index in self._phones and value and "+" not in cells[index]:
                _count(self.repaired_plus, name)
                if len(self.repair_examples) < _SHOWN_REPAIRS:
                    self.repair_examples.append(
                        f"line {line}, column {name}: {cells[index].strip()} -> {value}"
                    )

    def add_rejected(self, reason: ReasonCode) -> None:
        """Count a row that cannot be run.

        Args:
            reason: Why.
        """
        _count(self.rejected, reason.value)

    def locations_elsewhere(self, in_file: Iterable[str]) -> dict[str, int]:
        """List the locations that must exist in Webex already.

        Args:
            in_file: Case-folded names and external ids of the locations of the file.

        Returns:
            The other location keys -> rows.
        """
        known = set(in_file)
        return {key: n for key, n in self.locations.items() if key.casefold() not in known}
