"""Stages 3 to 6: groups of settings, each read, merged and replaced only when different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from Space_OdT.engine.action_model import Action, Call, Effect, Result
from Space_OdT.engine.actions_registry import SETTING_READS, SETTING_WRITES
from Space_OdT.engine.bulk.person_settings import NOT_READ_YET
from Space_OdT.engine.calling_features import FEATURES, Keyed
from Space_OdT.engine.feature_bodies import MergedBody, merge_body
from Space_OdT.softphones.columns import COLUMNS, STAGE_FEATURES
from Space_OdT.softphones.context import StageParams, Subjects
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.reading_back import shown_after
from Space_OdT.softphones.settings_rules import check_rules, effective
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.directory import Directory

_PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {"incomingPermission": "incoming", "outgoingPermission": "outgoing"}
)


def wanted_body(feature: str, cells: Mapping[str, str], policy: Policy) -> dict[str, Any]:
    """Put together what a row and the policy want of a feature.

    Args:
        feature: Name of the feature.
        cells: Normalised cells; a blank one leaves its field as it is.
        policy: The policy; for permissions it counts only where the row has no JSON.

    Returns:
        The fields to set, in the API's own shape.
    """
    defaults = policy.defaults(feature)
    if feature in _PERMISSIONS:
        text = cells.get(f"{_PERMISSIONS[feature]}_permissions_json")
        return dict(orjson.loads(text)) if text else dict(defaults)
    body: dict[str, Any] = orjson.loads(orjson.dumps(dict(defaults)))
    for name, cell in cells.items():
        column = COLUMNS.get(name)
        if column is not None and column.feature == feature and cell:
            _put(body, column.path, column.value(cell))
    return body


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        inner = body.setdefault(name, {})
        body = inner
    body[path[-1]] = value


@dataclass(frozen=True, slots=True)
class SettingsStage:
    """Makes the action of a stage that changes settings.

    Attributes:
        stage: The stage.
        policy: The policy of the run.
        subjects: The people in work.
    """

    stage: Stage
    policy: Policy
    subjects: Subjects

    @property
    def features(self) -> tuple[str, ...]:
        """The features it changes, in this order."""
        return STAGE_FEATURES[self.stage]

    def action(self) -> Action[StageParams]:
        """Give the action."""
        steps = (table[name] for name in self.features for table in (SETTING_READS, SETTING_WRITES))
        return Action(
            name=self.stage,
            steps=tuple(steps),
            params=self.subjects.params,
            run=self._run,
            lookup=self.stage,
        )

    async def _run(self, params: StageParams, call: Call, _directory: Directory) -> Result:
        subject, trace = params.subject, params.subject.trace
        bodies = {name: wanted_body(name, params.cells, self.policy) for name in self.features}
        wanted = {name: effective(name, body) for name, body in bodies.items() if body}
        person_id = subject.calling_person_id
        if subject.is_new:
            return await _plan_for_new(wanted, params, call)

        async def again() -> Any:
            return self._state(
                {
                    name: (await call(SETTING_READS[name], person_id=person_id)).body
                    for name in wanted
                }
            )

        state = await again()
        trace.read(state, again)
        for name, merged in self._merged(wanted, state).items():
            if merged.changed:
                body = wanted[name]
                state = await self._replace(name, merged, state, params, call, wanted=body)
            if merged.ignored:
                trace.notes.append(f"{name} does not have {', '.join(merged.ignored)} here")
        trace.after = None if self._is_open(state) else state
        effect = Effect.CHANGED if call.done else Effect.UNCHANGED
        return Result(effect, person_id, "; ".join(trace.notes))

    def _merged(self, wanted: Mapping[str, Mapping[str, Any]], state: Any) -> dict[str, MergedBody]:
        """Merge all bodies, and check them before the first is sent."""
        found = {
            name: merge_body(FEATURES[name], self._part(state, name), body)
            for name, body in wanted.items()
        }
        for name, merged in found.items():
            if merged.changed:
                check_rules(name, wanted[name], merged.body)
        return found

    def _state(self, bodies: Mapping[str, Any]) -> Any:
        """Show one feature bare, and several under their names."""
        return bodies if len(self.features) > 1 else next(iter(bodies.values()), {})

    def _part(self, state: Any, name: str) -> Mapping[str, Any]:
        part: Mapping[str, Any] = state[name] if len(self.features) > 1 else state
        return part or {}

    def _is_open(self, state: Any) -> bool:
        """Tell whether a part of the state could not be read after it was written."""
        if len(self.features) == 1:
            return state is None
        return any(part is None for part in state.values())

    async def _replace(
        self,
        name: str,
        merged: MergedBody,
        state: Any,
        params: StageParams,
        call: Call,
        *,
        wanted: Mapping[str, Any],
    ) -> Any:
        """Send a body that differs; give the state afterwards."""
        trace, feature = params.subject.trace, FEATURES[name]
        person_id = params.subject.person_id
        trace.writing()
        await call(SETTING_WRITES[name], merged.body, person_id=person_id)
        after = await shown_after(
            call,
            SETTING_READS[name],
            trace,
            lambda body: not merge_body(feature, body or {}, wanted).changed,
            f"the change of {name}",
            person_id=person_id,
        )
        trace.after = None
        if after is None and call.is_plan:
            after = _laid_over(feature.writable, self._part(state, name), merged.body)
        return {**state, name: after} if len(self.features) > 1 else after


def _laid_over(shape: Any, state: Any, body: Any) -> Any:
    """Show a state as a body that replaces its writable fields leaves it."""
    if isinstance(shape, Keyed) and isinstance(state, list):
        known = {item.get(shape.key): item for item in state}
        return [{**known.get(item[shape.key], {}), **item} for item in body]
    if not isinstance(shape, Mapping) or not isinstance(state, Mapping):
        return body
    laid = {name: _laid_over(shape[name], state.get(name), part) for name, part in body.items()}
    return {**state, **laid}


async def _plan_for_new(
    wanted: Mapping[str, Mapping[str, Any]], params: StageParams, call: Call
) -> Result:
    subject = params.subject
    for name, body in wanted.items():
        check_rules(name, body, body)
        await call(SETTING_WRITES[name], body, person_id=subject.person_id)
    subject.trace.after = wanted if len(wanted) > 1 else next(iter(wanted.values()), {})
    effect = Effect.CHANGED if call.done else Effect.UNCHANGED
    return Result(effect, subject.person_id, NOT_READ_YET)
