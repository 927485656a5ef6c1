"""Scopes that admit a caller, by area of the API."""

from __future__ import annotations

PEOPLE_READ = ("spark-admin:people_read",)
PEOPLE_WRITE = ("spark-admin:people_write",)
LICENSES_READ = ("spark-admin:licenses_read",)
LOCATIONS_READ = ("spark-admin:locations_read", "spark-admin:people_read")
LOCATIONS_WRITE = ("spark-admin:locations_write",)
WORKSPACES_READ = ("spark-admin:workspaces_read",)
WORKSPACES_WRITE = ("spark-admin:workspaces_write",)
DEVICES_READ = ("spark-admin:devices_read",)
DEVICES_WRITE = ("spark-admin:devices_write",)
TELEPHONY_READ = ("spark-admin:telephony_config_read",)
TELEPHONY_WRITE = ("spark-admin:telephony_config_write",)
PSTN_READ = ("spark-admin:telephony_pstn_read",)
PSTN_WRITE = ("spark-admin:telephony_pstn_write",)
GROUPS_READ = ("identity:groups_read", "identity:groups_rw")
GROUPS_WRITE = ("identity:groups_rw",)
SCIM_READ = ("identity:people_read", "identity:people_rw")
SCIM_WRITE = ("identity:people_rw",)
