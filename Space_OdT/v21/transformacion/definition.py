"""What an action is to everything around it: parameters, rows, docs and commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.transformacion.parameters import Parameter
from Space_OdT.v21.transformacion.parts.licence_units import LicenceUnits

Cells = Mapping[str, str]


class Dataset(StrEnum):
    """The master file whose rows an action runs over, one run a row."""

    UBICACIONES = "Ubicaciones"
    USUARIOS = "Usuarios"
    NUMERACIONES = "Numeraciones"
    WORKSPACES = "Workspaces"


@dataclass(frozen=True, slots=True)
class LegacyFormulas:
    """How numbers of the replaced telephone system follow from an extension.

    Attributes:
        forward_prefix: Before the last digits of the extension, to forward to the old system.
        forward_tail: How many last digits of the extension follow it.
        intercom_prefix: Before the last digits, for the number the old system reaches one by.
        intercom_tail: How many last digits follow that.
    """

    forward_prefix: str = "53"
    forward_tail: int = 7
    intercom_prefix: str = "+3451"
    intercom_tail: int = 7

    def forward(self, extension: str) -> str:
        """Work out where calls are forwarded to; `80000001` gives `530000001`."""
        return self.forward_prefix + extension[-self.forward_tail :]

    def intercom(self, extension: str) -> str:
        """Work out the secondary number; `80000001` gives `+34510000001`."""
        return self.intercom_prefix + extension[-self.intercom_tail :]


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What actions depend on besides their row.

    Attributes:
        formulas: How legacy numbers follow from extensions.
        profiles: Named sets of outgoing-call permissions, for people, workspaces and locations.
        numbers_per_call: Numbers added or activated by one request at most.
        checks_routing: Whether a forwarding destination is tried with Webex's own routing test.
        moves: Moves people between locations; one object a run. None where none is needed.
        units: What the run has used up of the licences; one object a run.
    """

    formulas: LegacyFormulas = LegacyFormulas()
    profiles: Profiles = field(default_factory=dict)
    numbers_per_call: int = 200
    checks_routing: bool = False
    moves: Any = None
    units: LicenceUnits = field(default_factory=LicenceUnits)


def _nothing_to_check(_: Cells) -> Iterable[CellProblem]:
    return ()


@dataclass(frozen=True, slots=True)
class ActionDefinition:
    """One action of the catalogue.

    Attributes:
        action_id: Its id, as documented; the name of its module.
        purpose: One sentence for `--help` and the reference page.
        purpose_es: The same for operators, in Spanish.
        dataset: The master file it runs over.
        parameters: What it may be told.
        build: Makes the action itself.
        key: Parameters that name the entity; the first filled one is the key of the row.
        needs: Groups of parameters; of each group at least one must be filled.
        check: Looks at the normalised cells of a row together.
        expand: Takes a row that stands for several apart, into the cells of each, not yet
            normalised; empty when it stays as it is. None for actions without such rows.
        example: Parameter -> value of a row worth copying; synthetic.
        outcomes: What it may end with, and when, for the reference page.
        is_identity: Whether it creates people; off unless `--allow-identity`.
        is_read_only: Whether it never writes.
        warning: What an operator must know before it is applied, "" for nothing.
        own_flags: Options without which its own command line changes nothing.
    """

    action_id: str
    purpose: str
    purpose_es: str
    dataset: Dataset
    parameters: tuple[Parameter, ...]
    build: Callable[[ActionContext], Action[Any]]
    key: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    check: Callable[[Cells], Iterable[CellProblem]] = _nothing_to_check
    expand: Callable[[Cells], Sequence[Cells]] | None = None
    example: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    is_identity: bool = False
    is_read_only: bool = False
    warning: str = ""
    own_flags: tuple[str, ...] = ()

    @property
    def needed_flags(self) -> tuple[str, ...]:
        """Options without which its command line does not do what it is for."""
        return (*self.own_flags, *(("--allow-identity",) if self.is_identity else ()))

    def parameter(self, name: str) -> Parameter | None:
        """Find a parameter by its own name.

        Args:
            name: Name of a parameter.

        Returns:
            The parameter, None when the action has none of that name.
        """
        return next((one for one in self.parameters if one.name == name), None)

    def prepare(self, given: Cells) -> tuple[dict[str, str], list[CellProblem]]:
        """Bring the values of one row into their one form, with defaults, and judge them.

        Args:
            given: Parameter -> value as given; names the action lacks are left out.

        Returns:
            Parameter -> normalised value, blank ones left out; and everything that is wrong.
        """
        cells: dict[str, str] = {}
        problems: list[CellProblem] = []
        for parameter in self.parameters:
            found = parameter.judge(given.get(parameter.name, ""))
            if isinstance(found, CellProblem):
                problems.append(found)
            elif value := found or parameter.default:
                cells[parameter.name] = value
        wrong = {problem.column for problem in problems}
        problems.extend(self._missing(cells, wrong))
        if not problems:
            problems.extend(self.check(cells))
        return cells, problems

    def _missing(self, cells: Cells, wrong: set[str]) -> Iterator[CellProblem]:
        for one in self.parameters:
            if one.is_required and one.name not in cells and one.name not in wrong:
                example = f" as {one.example}" if one.example else ""
                yield CellProblem(one.name, "", f"{one.kind}{example}", "fill it, it is required")
        for group in self.needs:
            if not wrong.intersection(group) and not any(name in cells for name in group):
                yield CellProblem("", "", f"one of {', '.join(group)}", "fill one of them")

    def key_of(self, cells: Cells) -> str:
        """Name the entity of a row.

        Args:
            cells: Its normalised cells.

        Returns:
            The first filled of the key parameters, "" when none is.
        """
        return next((cells[name] for name in self.key if cells.get(name)), "")
