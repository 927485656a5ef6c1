from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.outgoing_profiles import load_profiles
from Space_OdT.v21.locations.columns import UPSERT, definition_of
from Space_OdT.v21.locations.upsert import LocationUpsert
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.webex.directory import Directory
from tests.v21.conftest import Ran, Sent, Tenant

PROFILES = {"local-only": [{"callType": "NATIONAL", "action": "BLOCK"}]}


class Locations:
    """Rows of sites run against the simulated organisation, each with a fresh look around."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self.tenant = tenant
        self.map_csv = folder / "location_map.csv"
        profiles = folder / "profiles.json"
        profiles.write_text(json.dumps(PROFILES))
        self._profiles = load_profiles(profiles, lambda _: None)

    async def run(
        self,
        row: Mapping[str, str],
        *,
        kind: str = UPSERT,
        profile: str = "",
        planning: bool = False,
        organisation_id: str = "",
    ) -> Ran:
        tenant = self.tenant
        directory = Directory(tenant.client)
        book = LocationBook(directory, None if planning else self.map_csv)
        if planning:
            book.preload(self.map_csv)

        def build(context: ActionContext) -> Action[object]:
            upsert = LocationUpsert(tenant.client, book, context)
            upsert.organisation_id = organisation_id
            return upsert.action(kind)  # type: ignore[return-value]

        context = ActionContext(profiles=self._profiles)
        definition = replace(definition_of(kind, profile), build=build)
        try:
            return await tenant.run(
                definition, row, context=context, planning=planning, directory=directory
            )
        finally:
            book.close()

    async def prove(self, row: Mapping[str, str], *, kind: str = UPSERT, profile: str = "") -> Ran:
        """Plan, apply, apply again: the plan is what is sent, and then nothing is."""
        plan = await self.run(row, kind=kind, profile=profile, planning=True)
        assert plan.is_success, plan.message
        assert not plan.writes, "a plan sent a write"
        applied = await self.run(row, kind=kind, profile=profile)
        assert applied.is_success, applied.message
        assert applied.outcome is not None
        new, made = f"NEW-LOCATION({row['name']})", applied.outcome.remote_id
        assert [_renamed(one, new, made) for one in plan.planned] == applied.writes
        again = await self.run(row, kind=kind, profile=profile)
        assert again.is_success, again.message
        assert again.writes == []
        assert again.message.startswith("unchanged")
        return applied

    def id_of(self, name: str) -> str:
        found = self.tenant.world.organisation.location_by_name(name)
        assert found is not None
        return found.id


def _renamed(request: Sent, old: str, new: str) -> Sent:
    path = request.path.replace(old, new)
    body = request.body
    if isinstance(body, dict) and body.get("id") == old:
        body = {**body, "id": new}
    return Sent(request.method, path, body, request.query)


@pytest.fixture(name="locations")
def some_locations(tenant: Tenant, tmp_path: Path) -> Locations:
    return Locations(tenant, tmp_path)
