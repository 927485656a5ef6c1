"""The simulated organisation: its entities, the indexes over them, its saved form."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, Literal

from Space_OdT.simulator.organisation.entities import (
    USER_CALLING_KINDS,
    Device,
    DialPlan,
    Feature,
    Group,
    Job,
    Licence,
    LicenceKind,
    Location,
    OwnerKind,
    Person,
    RouteGroup,
    RouteList,
    Trunk,
    VirtualExtension,
    VirtualExtensionRange,
    VirtualLine,
    Workspace,
)
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.number_plan import NumberPlan
from Space_OdT.simulator.organisation.saved_form import pack_organisation, unpack_organisation
from Space_OdT.simulator.protocol import JsonObject

WorkspaceKind = Literal["none", "hotdesk", "basic", "professional"]


class Organisation:
    """People, locations, licences, workspaces, numbers and features of one organisation.

    Entities are filed under their id without padding, in the order of creation. Entities are
    changed in place; a change that an index depends on goes through a method of this class.

    Attributes:
        id: Public id of the organisation.
        name: Its display name.
        me_id: The person whose token calls.
        plan: Numbers and extensions.
        supervisors: Supervisors of Customer Assist and the agents each looks after.
    """

    def __init__(self, identifier: str, name: str) -> None:
        self.id = identifier
        self.name = name
        self.me_id = ""
        self.plan = NumberPlan()
        self.licences: dict[str, Licence] = {}
        self.locations: dict[str, Location] = {}
        self.people: dict[str, Person] = {}
        self.workspaces: dict[str, Workspace] = {}
        self.groups: dict[str, Group] = {}
        self.trunks: dict[str, Trunk] = {}
        self.route_groups: dict[str, RouteGroup] = {}
        self.route_lists: dict[str, RouteList] = {}
        self.dial_plans: dict[str, DialPlan] = {}
        self.features: dict[str, Feature] = {}
        self.virtual_lines: dict[str, VirtualLine] = {}
        self.virtual_extensions: dict[str, VirtualExtension] = {}
        self.virtual_extension_ranges: dict[str, VirtualExtensionRange] = {}
        self.devices: dict[str, Device] = {}
        self.jobs: dict[str, Job] = {}
        self.supervisors: dict[str, list[str]] = {}
        self._by_email: dict[str, str] = {}
        self._people_at: dict[str, dict[str, Person]] = {}
        self._by_location_name: dict[str, str] = {}
        self._holders: dict[str, dict[str, Person]] = {}
        self._workspace_holders: dict[str, dict[str, Workspace]] = {}
        self._memberships: dict[str, dict[str, Feature]] = {}
        self._devices_of: dict[str, dict[str, Device]] = {}
        self._calling_devices: dict[str, Device] = {}
        self._names: list[tuple[str, str]] | None = None

    # Looking things up -----------------------------------------------------------------------

    def person(self, identifier: object) -> Person | None:
        """Find a person by id, padded or not."""
        return self.people.get(canonical(identifier))

    def person_by_email(self, email: str) -> Person | None:
        """Find a person by e-mail, in any case."""
        return self.people.get(self._by_email.get(email.strip().lower(), ""))

    def location(self, identifier: object) -> Location | None:
        """Find a location by id, padded or not."""
        return self.locations.get(canonical(identifier))

    def location_by_name(self, name: str) -> Location | None:
        """Find a location by its name, in any case: names are unique."""
        return self.locations.get(self._by_location_name.get(name.strip().casefold(), ""))

    def licence(self, identifier: object) -> Licence | None:
        """Find a licence by id, padded or not."""
        return self.licences.get(canonical(identifier))

    def virtual_line(self, identifier: object) -> VirtualLine | None:
        """Find a virtual line by id, padded or not."""
        return self.virtual_lines.get(canonical(identifier))

    def workspace(self, identifier: object) -> Workspace | None:
        """Find a workspace by id, padded or not."""
        return self.workspaces.get(canonical(identifier))

    def people_at(self, location_id: str) -> list[Person]:
        """Give the Calling users of a location in the order they came."""
        return list(self._people_at.get(canonical(location_id), {}).values())

    def people_named(self, prefix: str) -> list[Person]:
        """Give the people whose display name starts with a text, in any case, by name."""
        if self._names is None:
            self._names = sorted((p.display_name.casefold(), p.id) for p in self.people.values())
        start = prefix.casefold()
        found: list[Person] = []
        for name, person_id in self._names[bisect_left(self._names, (start, "")) :]:
            if not name.startswith(start):
                break
            found.append(self.people[person_id])
        return found

    def holders(self, licence_id: str) -> list[Person]:
        """Give the people who hold a licence."""
        return list(self._holders.get(licence_id, {}).values())

    def consumed_units(self, licence_id: str) -> tuple[int, int]:
        """Count the units in use: by people, by workspaces."""
        people = len(self._holders.get(licence_id, ()))
        return people, len(self._workspace_holders.get(licence_id, ()))

    def free_units(self, licence: Licence) -> int:
        """Count the units of a licence that are still to be had."""
        return licence.total_units - sum(self.consumed_units(licence.id))

    def memberships(self, owner_id: str) -> list[Feature]:
        """Give the hunt groups and queues that a person, workspace or line serves."""
        return list(self._memberships.get(owner_id, {}).values())

    def devices_of(self, owner_id: str) -> list[Device]:
        """Give the devices of a person or workspace."""
        return list(self._devices_of.get(owner_id, {}).values())

    def device(self, identifier: object) -> Device | None:
        """Find a device by its id or its Calling id, padded or not."""
        key = canonical(identifier)
        return self.devices.get(key) or self._calling_devices.get(key)

    def features_of(self, kind: OwnerKind) -> list[Feature]:
        """Give all features of one kind."""
        return [feature for feature in self.features.values() if feature.kind is kind]

    # What other parts ask --------------------------------------------------------------------

    def is_calling_person(self, person_id: str) -> bool:
        """Tell whether a person holds a Webex Calling licence for users."""
        person = self.person(person_id)
        return person is not None and self.calling_licence(person.licences) is not None

    def calling_workspace_kind(self, workspace_id: str) -> WorkspaceKind:
        """Tell what Webex Calling a workspace has, by its licence."""
        workspace = self.workspace(workspace_id)
        if workspace is None or workspace.calling != "webexCalling":
            return "none"
        kinds = {self.licences[licence_id].kind for licence_id in workspace.licences}
        if LicenceKind.PROFESSIONAL in kinds:
            return "professional"
        return "basic" if LicenceKind.WORKSPACE in kinds else "hotdesk"

    def calling_licence(self, licence_ids: Iterable[str]) -> Licence | None:
        """Give the user Calling licence among some licences, if there is one."""
        for licence_id in licence_ids:
            licence = self.licences.get(licence_id)
            if licence is not None and licence.kind in USER_CALLING_KINDS:
                return licence
        return None

    def licences_of_kind(self, kind: LicenceKind) -> list[Licence]:
        """Give the licences of one kind, in the order of the catalogue."""
        return [licence for licence in self.licences.values() if licence.kind is kind]

    def calling_person_ids(self) -> list[str]:
        """Give the ids of all people with Webex Calling."""
        return [p.id for p in self.people.values() if self.calling_licence(p.licences)]

    def calling_location_ids(self) -> list[str]:
        """Give the ids of all locations enabled for Webex Calling."""
        return [location.id for location in self.locations.values() if location.calling]

    # Changing what indexes depend on ---------------------------------------------------------

    def add_person(self, person: Person) -> None:
        """File a new person."""
        self.people[person.id] = person
        self._by_email[person.email.lower()] = person.id
        self._index_person(person)
        self._names = None

    def remove_person(self, person: Person) -> None:
        """Take a person out, with its lines, memberships, devices and units."""
        self.set_licences(person, [])
        self.set_person_location(person, None)
        self.plan.release(person.id)
        self.leave_features(person.id)
        for device in self.devices_of(person.id):
            self.remove_device(device)
        for group in self.groups.values():
            if person.id in group.members:
                group.members.remove(person.id)
        del self._by_email[person.email.lower()]
        del self.people[person.id]
        self._names = None

    def rename_person(self, person: Person, email: str, display_name: str) -> None:
        """Change the two keys by which people are found."""
        del self._by_email[person.email.lower()]
        person.email = email
        person.display_name = display_name
        self._by_email[email.lower()] = person.id
        self._names = None

    def set_licences(self, person: Person, licence_ids: list[str]) -> None:
        """Replace the licences of a person and count their units."""
        for licence_id in set(person.licences).difference(licence_ids):
            del self._holders[licence_id][person.id]
        person.licences = list(licence_ids)
        for licence_id in licence_ids:
            self._holders.setdefault(licence_id, {}).setdefault(person.id, person)

    def set_person_location(self, person: Person, location_id: str | None) -> None:
        """Put a person in a location, or in none."""
        if person.location_id is not None:
            self._people_at.get(person.location_id, {}).pop(person.id, None)
        person.location_id = location_id
        if location_id is not None:
            self._people_at.setdefault(location_id, {})[person.id] = person

    def add_workspace(self, workspace: Workspace) -> None:
        """File a new workspace."""
        self.workspaces[workspace.id] = workspace
        self.set_workspace_licences(workspace, workspace.licences)

    def set_workspace_licences(self, workspace: Workspace, licence_ids: list[str]) -> None:
        """Replace the licences of a workspace and count their units."""
        for licence_id in workspace.licences:
            self._workspace_holders.get(licence_id, {}).pop(workspace.id, None)
        workspace.licences = list(licence_ids)
        for licence_id in licence_ids:
            self._workspace_holders.setdefault(licence_id, {})[workspace.id] = workspace

    def remove_workspace(self, workspace: Workspace) -> None:
        """Take a workspace out, with its lines, memberships, devices and units."""
        self.set_workspace_licences(workspace, [])
        self.plan.release(workspace.id)
        self.leave_features(workspace.id)
        for device in self.devices_of(workspace.id):
            self.remove_device(device)
        del self.workspaces[workspace.id]

    def add_location(self, location: Location) -> None:
        """File a new location."""
        self.locations[location.id] = location
        self._by_location_name[location.name.casefold()] = location.id

    def rename_location(self, location: Location, name: str) -> None:
        """Change the unique name of a location."""
        del self._by_location_name[location.name.casefold()]
        location.name = name
        self._by_location_name[name.casefold()] = location.id

    def remove_location(self, location: Location) -> None:
        """Take a location out that nothing refers to any more."""
        del self._by_location_name[location.name.casefold()]
        del self.locations[location.id]

    def add_feature(self, feature: Feature) -> None:
        """File a new feature and its members."""
        self.features[feature.id] = feature
        self.set_agents(feature, feature.agents)

    def set_agents(self, feature: Feature, agents: list[dict[str, Any]]) -> None:
        """Replace the members of a hunt group or queue."""
        for agent in feature.agents:
            self._memberships.get(agent["id"], {}).pop(feature.id, None)
        feature.agents = agents
        for agent in agents:
            self._memberships.setdefault(agent["id"], {})[feature.id] = feature

    def leave_features(self, owner_id: str) -> None:
        """Take a person, workspace or line out of all hunt groups, queues and supervision."""
        for feature in self.memberships(owner_id):
            self.set_agents(feature, [a for a in feature.agents if a["id"] != owner_id])
        self.supervisors.pop(owner_id, None)
        for agents in self.supervisors.values():
            if owner_id in agents:
                agents.remove(owner_id)

    def remove_feature(self, feature: Feature) -> None:
        """Take a feature out, with its lines."""
        self.set_agents(feature, [])
        self.plan.release(feature.id)
        del self.features[feature.id]

    def add_device(self, device: Device) -> None:
        """File a new device under its owner."""
        self.devices[device.id] = device
        self._devices_of.setdefault(device.owner_id, {})[device.id] = device
        if device.calling_id:
            self._calling_devices[device.calling_id] = device

    def remove_device(self, device: Device) -> None:
        """Take a device out."""
        self._devices_of[device.owner_id].pop(device.id)
        self._calling_devices.pop(device.calling_id or "", None)
        del self.devices[device.id]

    def _index_person(self, person: Person) -> None:
        for licence_id in person.licences:
            self._holders.setdefault(licence_id, {})[person.id] = person
        if person.location_id is not None:
            self._people_at.setdefault(person.location_id, {})[person.id] = person

    # Saved form ------------------------------------------------------------------------------

    def to_state(self) -> JsonObject:
        """Give everything as plain JSON values; the order of entities is kept."""
        return pack_organisation(self)

    @classmethod
    def from_state(cls, state: JsonObject) -> Organisation:
        """Build the organisation that `to_state` described.

        Args:
            state: What `to_state` returned, possibly after a trip through JSON.

        Returns:
            An equal organisation with all indexes rebuilt.

        Raises:
            KeyError: A table is missing.
        """
        organisation = cls(state["id"], state["name"])
        unpack_organisation(organisation, state)
        return organisation
