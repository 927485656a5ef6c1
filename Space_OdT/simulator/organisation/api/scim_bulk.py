"""Many SCIM requests in one: creating, replacing, patching and deleting users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.organisation.api import scopes
from Space_OdT.simulator.organisation.api.access import body_of, required
from Space_OdT.simulator.organisation.api.scim import (
    check_organisation,
    create_user,
    delete_user,
    patch_user,
    replace_user,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

MAX_OPERATIONS = 100
REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

_HANDLERS: Mapping[str, Callable[[World, Request], Any]] = {
    "POST": create_user,
    "PUT": replace_user,
    "PATCH": patch_user,
    "DELETE": delete_user,
}


def run_bulk(world: World, request: Request) -> JsonObject:
    """Answer `POST .../Bulk`: the operations run one after another, each with its own status."""
    check_organisation(world, request)
    body = body_of(request)
    required(body, ("schemas", "Operations"))
    operations = body["Operations"]
    if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
        raise errors.field_invalid("Operations", f"at most {MAX_OPERATIONS} expected")
    limit = body.get("failOnErrors")
    failures = 0
    results: list[JsonObject] = []
    for operation in operations:
        result = _run(world, request, operation)
        results.append(result)
        failures += int(result["status"]) >= 400  # noqa: PLR2004 - the HTTP error statuses
        if limit and failures >= limit:
            break
    return {"schemas": [RESPONSE_SCHEMA], "Operations": results}


def _run(world: World, request: Request, operation: Any) -> JsonObject:
    if not isinstance(operation, dict):
        raise errors.field_invalid("Operations", "a list of objects expected")
    method = str(operation.get("method", "")).upper()
    path = str(operation.get("path", ""))
    result: JsonObject = {"method": method, "bulkId": operation.get("bulkId"), "location": path}
    _, _, user_id = path.strip("/").partition("/")
    inner = Request(
        method,
        f"{request.path.removesuffix('/Bulk')}{path}",
        {**request.params, "userId": user_id},
        body=operation.get("data"),
    )
    handler = _HANDLERS.get(method)
    if handler is None or not path.strip("/").startswith("Users"):
        return {**result, "status": "400", "response": {"detail": "Unknown method or path"}}
    try:
        answer = handler(world, inner)
    except ApiError as refusal:
        return {**result, "status": str(refusal.status), "response": {"detail": refusal.message}}
    reply = answer if isinstance(answer, Reply) else Reply(200, answer)
    if isinstance(reply.body, dict):
        result["location"] = reply.body["meta"]["location"]
    return {**result, "status": str(reply.status)}


ROUTES = (Route("POST", "/identity/scim/{orgId}/v2/Bulk", run_bulk, scopes.SCIM_WRITE),)
