"""Injects faults by method and path, decided by the seed and not by the order of arrival."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from Space_OdT.simulator.bodies import BodyRule, check_body
from Space_OdT.simulator.protocol import ApiError, JsonObject

HANG_SECONDS = 300.0
API_PREFIX = "/v1"


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    STATUS_AFTER = "status_after"
    SLOW = "slow"
    HANG = "hang"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    MALFORMED_JSON = "malformed_json"
    MISSING_FIELD = "missing_field"
    HTML = "html"
    EXPIRE_TOKEN = "expire_token"  # noqa: S105 - the name of a fault


# Faults that let the handler run first, so that a write has happened although the caller sees
# no proper answer.
AFTER_HANDLER = frozenset(
    {
        FaultKind.STATUS_AFTER,
        FaultKind.RESET_AFTER,
        FaultKind.MALFORMED_JSON,
        FaultKind.MISSING_FIELD,
    }
)


_SHAPE: BodyRule = {
    "kind!": tuple(FaultKind),
    "method": str,
    "path": str,
    "name": str,
    "status": range(200, 600),
    "message": str,
    "code": int,
    "seconds": float,
    "field": str,
    "probability": float,
    "every": int,
    "first": int,
    "after": int,
    "times": int,
}


@dataclass(frozen=True)
class FaultRule:
    """One fault and when it strikes.

    A rule without any of `probability`, `every`, `first` strikes every matching request.

    Attributes:
        kind: What goes wrong.
        method: HTTP method, or `*`.
        path: Pattern of the path below `/v1`; `*` stands for any text. A `/v1` in front is left
            out when a rule is read.
        name: Shown with the recorded calls.
        status: Status of the answer (kinds `status` and `status_after`).
        retry_after: Value of the Retry-After header, as text, so that junk can be sent too.
        message: Message of the error body (kind `status`).
        code: Error code of the error body (kind `status`).
        seconds: Delay (kinds `slow` and `hang`).
        field: Name of the field that is left out of the answer (kind `missing_field`).
        probability: Share of attempts that fail, decided by a hash of request and attempt.
        every: Every nth matching request fails, in the order of arrival.
        first: The first n attempts of every request fail, and later ones pass.
        after: Matching requests that pass before the rule begins, in the order of arrival.
        times: How often the rule strikes at most.

    Kind `expire_token` counts the calls of each token: after `after` of them the token is dead for
    good, until `times` tokens (one, unless said otherwise) have died. A renewed token lives.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    name: str = ""
    status: int = 503
    retry_after: str | None = None
    message: str = "Injected fault"
    code: int | None = None
    seconds: float = HANG_SECONDS
    field: str = "id"
    probability: float | None = None
    every: int | None = None
    first: int | None = None
    after: int = 0
    times: int | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path pattern, compiled."""
        return re.compile(fnmatch.translate(self.path))

    @property
    def label(self) -> str:
        """The name, or the kind when it has none."""
        return self.name or self.kind.value

    def matches(self, method: str, path: str) -> bool:
        """Tell whether the rule concerns a request."""
        return self.method in ("*", method) and self.pattern.match(path) is not None

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> FaultRule:
        """Read a rule.

        Args:
            given: Attributes by their names; `retry_after` may be a number.

        Raises:
            ValueError: An unknown name or kind, a value of another type or out of range.
        """
        unknown = sorted(set(given) - set(cls.__dataclass_fields__))
        if unknown:
            known = ", ".join(cls.__dataclass_fields__)
            raise ValueError(f"a fault has no {', '.join(unknown)}; it knows {known}")
        values = {name: value for name, value in given.items() if value is not None}
        try:
            check_body(values, _SHAPE)
        except ApiError as refusal:
            raise ValueError(refusal.message) from None
        values["kind"] = FaultKind(values["kind"])
        values["method"] = values.get("method", "*").upper()
        values["path"] = values.get("path", "*").removeprefix(API_PREFIX)
        if "retry_after" in values:
            values["retry_after"] = str(values["retry_after"])
        rule = cls(**values)
        rule.check()
        return rule

    def check(self) -> None:
        """Refuse values that cannot be meant.

        Raises:
            ValueError: A value out of range.
        """
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError("probability lies between 0 and 1")
        counts = (self.every, self.first, self.times)
        if any(count is not None and count < 1 for count in counts) or self.after < 0:
            raise ValueError("every, first and times are at least 1, after at least 0")
        if not 0 <= self.seconds <= HANG_SECONDS:
            raise ValueError(f"seconds lie between 0 and {HANG_SECONDS:g}")
        if not self.path.startswith(("/", "*")):
            raise ValueError(f"path starts with / or *, unlike {self.path}")
        if not (self.retry_after or "").isprintable():
            raise ValueError("retry_after has no control characters")

    def to_json(self) -> JsonObject:
        """The rule as it can be read again."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def read_rules(given: Any) -> list[FaultRule]:
    """Read one rule, a list of rules, or an object with the list `faults`.

    Args:
        given: Decoded JSON.

    Returns:
        The rules in their order.

    Raises:
        ValueError: Something that is no rule; says which of them.
    """
    entries = given.get("faults", [given]) if isinstance(given, Mapping) else given
    if not isinstance(entries, list):
        raise ValueError("expected a fault, a list of them, or {'faults': [...]}")  # noqa: TRY004 - callers answer for values
    rules = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, Mapping):
            raise ValueError(f"fault {number}: an object expected")  # noqa: TRY004 - the same
        try:
            rules.append(FaultRule.from_json(entry))
        except ValueError as error:
            raise ValueError(f"fault {number}: {error}") from None
    return rules


@dataclass(slots=True)
class _RuleState:
    rule: FaultRule
    seen: int = 0
    struck: int = 0
    attempts: Counter[bytes] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)
    dead_tokens: set[str] = field(default_factory=set)


class FaultInjector:
    """Decides which requests meet a fault.

    Args:
        seed: Makes the decisions by probability.
        rules: Rules in order; the first that strikes counts.
    """

    def __init__(self, seed: int, rules: Sequence[FaultRule] = ()) -> None:
        self._seed = seed
        self._states: list[_RuleState] = []
        self.add(rules)

    def add(self, rules: Sequence[FaultRule]) -> None:
        """Append rules."""
        self._states.extend(_RuleState(rule) for rule in rules)

    def clear(self) -> None:
        """Forget all rules and what they counted."""
        self._states.clear()

    def strike(self, method: str, path: str, query: str, token: str) -> FaultRule | None:
        """Decide over one request.

        Args:
            method: HTTP method.
            path: Path below `/v1`.
            query: Query string; part of what makes two requests the same.
            token: Token of the caller.

        Returns:
            The rule that strikes, or None.
        """
        for index, state in enumerate(self._states):
            if state.rule.matches(method, path) and self._decide(
                index, state, f"{method} {path}?{query}", token
            ):
                state.struck += 1
                return state.rule
        return None

    def _decide(self, index: int, state: _RuleState, request: str, token: str) -> bool:
        rule = state.rule
        state.seen += 1
        if rule.kind is FaultKind.EXPIRE_TOKEN:
            return _token_is_dead(state, token)
        if state.seen <= rule.after or (rule.times is not None and state.struck >= rule.times):
            return False
        if rule.every is not None and (state.seen - rule.after) % rule.every:
            return False
        return self._hits_attempt(index, state, request)

    def _hits_attempt(self, index: int, state: _RuleState, request: str) -> bool:
        rule = state.rule
        if rule.first is None and rule.probability is None:
            return True
        key = hashlib.blake2b(request.encode(), digest_size=8).digest()
        state.attempts[key] += 1
        attempt = state.attempts[key]
        if rule.first is not None and attempt > rule.first:
            return False
        if rule.probability is None:
            return True
        text = f"{self._seed}/{index}/{attempt}/".encode() + key
        drawn = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
        return drawn < rule.probability * 2**64

    def to_json(self) -> list[JsonObject]:
        """Rules with what they did so far."""
        return [
            {**state.rule.to_json(), "seen": state.seen, "struck": state.struck}
            for state in self._states
        ]


def _token_is_dead(state: _RuleState, token: str) -> bool:
    state.uses[token] += 1
    spent = state.uses[token] > state.rule.after
    if spent and len(state.dead_tokens) < (state.rule.times or 1):
        state.dead_tokens.add(token)
    return token in state.dead_tokens
