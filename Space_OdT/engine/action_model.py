"""What a change is: its parameters, its steps as data, and one coroutine that every door runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from typing import Any, Generic, Protocol, TypeVar

from Space_OdT.engine.models import Row
from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import ReasonCode

_READS = frozenset({"GET", "HEAD"})
_TEMPLATE = Formatter()


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One call of an action, declared as data.

    Attributes:
        name: Name in outcomes, plans and logs.
        method: Upper-case HTTP method.
        path: Path template; names in braces are filled in by the action.
        success: Statuses that mean success.
        required: Fields a success must carry; dots lead into objects.
        build: Pure builder of the body from what the action hands to the step; None sends none.
        query: Query parameters; the values are templates like `path`.
        assume: What a plan takes for the answer of a write, made from its body; None: empty.
        passing: Further statuses to repeat on, such as 404 just after a create.
        is_harmless: True for a POST that changes nothing: a plan sends it too.
        is_delta: True for a PUT that adds or takes away: a second one is not the same again, so it
            is repeated only after a lookup.
    """

    name: str
    method: str
    path: str
    success: tuple[int, ...] = (200,)
    required: tuple[str, ...] = ()
    build: Callable[..., Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    assume: Callable[[Any], Any] | None = None
    passing: tuple[int, ...] = ()
    is_harmless: bool = False
    is_delta: bool = False

    @property
    def is_write(self) -> bool:
        """True when the step may change something."""
        return self.method not in _READS and not self.is_harmless

    @property
    def may_repeat(self) -> bool | None:
        """Whether a second one does no harm; None leaves that to the method."""
        if self.is_delta:
            return False
        return True if self.is_harmless else None

    def path_of(self, where: Mapping[str, str]) -> str:
        """Fill the path template.

        Args:
            where: Name in braces -> value; names the template lacks are left out.

        Returns:
            The path below the base URL.

        Raises:
            KeyError: When a value is missing.
        """
        return self.path.format_map(where)

    def query_of(self, where: Mapping[str, str]) -> dict[str, str]:
        """Fill the query templates.

        Args:
            where: Name in braces -> value.

        Returns:
            The query parameters; those whose only value is empty are left out.
        """
        filled = {name: value.format_map(where) for name, value in self.query.items()}
        return {name: value for name, value in filled.items() if value}

    @property
    def places(self) -> frozenset[str]:
        """Names in braces of path and query."""
        templates = (self.path, *self.query.values())
        return frozenset(
            name for template in templates for _, name, _, _ in _TEMPLATE.parse(template) if name
        )


class Effect(StrEnum):
    """What an action did to the remote state."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Result:
    """How an action ended well.

    Attributes:
        effect: Whether anything was written.
        remote_id: Id of the entity; "" when it has none.
        message: One sentence for the operator, "" when the effect says it all.
    """

    effect: Effect
    remote_id: str = ""
    message: str = ""


class PendingError(Exception):
    """The row cannot be done now; the executor turns it into a pending outcome.

    Args:
        reason_code: Why, from the closed list.
        message: What stands in the way, as a sentence without a full stop.
        fix: What the operator can do about it.
        is_final: True keeps the reason even though writes were done before.
        status: Status of the deciding answer, None when there was none.
    """

    def __init__(
        self,
        reason_code: ReasonCode,
        message: str,
        *,
        fix: str = "",
        is_final: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message
        self.fix = fix
        self.is_final = is_final
        self.status = status


class Call(Protocol):
    """Sends one step of a row: to the network, or, when planning, into the plan."""

    @property
    def is_plan(self) -> bool:
        """True when writes are recorded instead of sent."""
        ...

    @property
    def done(self) -> Sequence[str]:
        """Names of the writes that were carried out, in order."""
        ...

    def prepare(self, step: StepSpec, /) -> None:
        """Say which step comes next, so that a row which fails before it is sent names it.

        Args:
            step: One of the action's declared steps.
        """
        ...

    async def __call__(
        self,
        step: StepSpec,
        /,
        *parts: Any,
        lookup: Callable[[], Awaitable[Any]] | None = None,
        **where: str,
    ) -> Response:
        """Send a step.

        Args:
            step: One of the action's declared steps.
            *parts: What its builder makes the body from.
            lookup: Tells whether a write of open outcome landed: gives what then exists, which
                becomes the body of the answer, or None.
            **where: Values of the names in braces of its path and query.

        Returns:
            The checked answer; when planning a write, the answer it is assumed to have.

        Raises:
            WebexError: When it did not succeed.
        """
        ...

    def joined(self, step: StepSpec, answer: Response, /) -> None:
        """Count a step that was sent for several rows at once as one of this row.

        Args:
            step: One of the action's declared steps.
            answer: The answer that all these rows share.
        """
        ...

    async def read_back(
        self, step: StepSpec, holds: Callable[[Any], bool], what: str, /, **where: str
    ) -> None:
        """Check a change by reading it again, where the API is known to say yes without doing it.

        Args:
            step: The step that reads.
            holds: Whether a body shows the change.
            what: What should be there, for the message.
            **where: Values of the names in braces.

        Raises:
            PendingError: When it does not show after a few reads; `half_applied`.
            WebexError: When a read failed.
        """
        ...


P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)
D_contra = TypeVar("D_contra", contravariant=True)


class Run(Protocol[P_contra, D_contra]):
    """The coroutine of an action: reads the state, writes what differs, says what it did."""

    def __call__(self, params: P_contra, call: Call, directory: D_contra, /) -> Awaitable[Result]:
        """Carry the action out for one row.

        Raises:
            PendingError: When something stands in the way.
            WebexError: When a call failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Compensation:
    """What came of taking back what a failed row had created.

    Attributes:
        is_complete: Whether nothing of it is left.
        message: One sentence for the operator.
    """

    is_complete: bool
    message: str


@dataclass(frozen=True, slots=True)
class Action(Generic[P]):
    """The only place that knows what a change is.

    Attributes:
        name: Its id.
        steps: Every step it may send, in order.
        params: Makes its typed parameters from a row.
        run: The change itself; called as `run(params, call, directory)`.
        serial_key: Rows with the same key never run at once; "" lets a row run with any other.
        lookup: Name of the step at which a row stands that needs no call, or fails before one.
        compensate: Takes back what a failed row has created, where that is safe; None when there
            was nothing to take back.
    """

    name: str
    steps: tuple[StepSpec, ...]
    params: Callable[[Row], P]
    run: Run[P, Any]
    serial_key: Callable[[P], str] = field(default=lambda _params: "")
    lookup: str = "lookup"
    compensate: Callable[[P, Call, Any], Awaitable[Compensation | None]] | None = None
