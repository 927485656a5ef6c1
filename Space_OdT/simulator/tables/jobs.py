"""Jobs that nothing in the simulator starts: finished ones, to be listed and read."""

from __future__ import annotations

from Space_OdT.simulator.generated.declarations import (
    Action,
    Area,
    Collection,
    Document,
    Items,
    Resource,
    Scopes,
)
from Space_OdT.simulator.generated.makers import path_value
from Space_OdT.simulator.tables.scopes import PEOPLE, TELEPHONY

J = "/telephony/config/jobs"
_DONE = {
    "latestExecutionStatus": "COMPLETED",
    "latestExecutionExitCode": "COMPLETED",
    "percentageComplete": 100,
}

# Path below the jobs, and name of the SDK's API.
_FAMILIES = (
    ("callRecording", "jobs.call_recording"),
    ("devices/applyLineKeyTemplate", "jobs.apply_line_key_templates"),
    ("devices/callDeviceSettings", "jobs.device_settings"),
    ("devices/dynamicDeviceSettings", "jobs.dynamic_device_settings"),
    ("devices/rebuildPhones", "jobs.rebuild_phones"),
)
_WITHOUT_PAGES = frozenset({"devices/applyLineKeyTemplate", "devices/rebuildPhones"})


def _family(path: str, sdk: str) -> tuple[Resource, ...]:
    jobs = Collection(
        name="job",
        list_template=f"{J}/{path}",
        list_key="items",
        list_shape=f"{sdk}.list",
        item_template=f"{J}/{path}/{{jobId}}",
        item_shape=f"{sdk}.status",
        id_type="JOB_ID",
        per_parent=1,
        fixed=_DONE,
        put=None,
        deletable=False,
        paging="none" if path in _WITHOUT_PAGES else "start",
    )
    errors = Items(
        f"{J}/{path}/{{jobId}}/errors",
        "items",
        f"{sdk}.errors",
        count=1,
        paging=jobs.paging,
    )
    return jobs, errors


FINISHED = Area(TELEPHONY, tuple(part for family in _FAMILIES for part in _family(*family)))

_EMAILS = "/identity/organizations/{orgId}/jobs/sendActivationEmails"
EMAILS = Area(
    Scopes(PEOPLE.read, PEOPLE.write),
    (
        Action(
            "POST",
            _EMAILS,
            202,
            reply={"id": lambda subject: subject.world.next_id("JOB_ID"), **_DONE},
        ),
        Document(
            f"{_EMAILS}/{{jobId}}/status",
            "jobs.activation_emails.status",
            fixed={**_DONE, "id": path_value("jobId")},
        ),
        Items(
            f"{_EMAILS}/{{jobId}}/errors",
            "items",
            "jobs.activation_emails.errors",
            count=1,
            paging="link",
        ),
    ),
)

AREAS = (FINISHED, EMAILS)
