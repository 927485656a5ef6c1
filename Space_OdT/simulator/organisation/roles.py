"""The administrator roles people of the simulated organisation may have."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from Space_OdT.simulator.identifiers import encode_id


def _role_id(name: str) -> str:
    return encode_id("ROLE", uuid5(NAMESPACE_URL, f"https://roles.example.com/{name}"))


FULL_ADMINISTRATOR = _role_id("id_full_admin")
READ_ONLY_ADMINISTRATOR = _role_id("id_readonly_admin")
USER_ADMINISTRATOR = _role_id("id_user_admin")
DEVICE_ADMINISTRATOR = _role_id("id_device_admin")

ROLE_NAMES: dict[str, str] = {
    FULL_ADMINISTRATOR: "Full Administrator",
    READ_ONLY_ADMINISTRATOR: "Read-only Administrator",
    USER_ADMINISTRATOR: "User Administrator",
    DEVICE_ADMINISTRATOR: "Device Administrator",
}
