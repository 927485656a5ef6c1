"""Refusals in the API's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply

FIELD_MISSING = 25008
NAME_TAKEN = 25053
NOT_FOUND = 25404


def error_reply(error: ApiError, tracking_id: str) -> Reply:
    """Write a refusal as the API does.

    Args:
        error: What was refused and why.
        tracking_id: Id of the request, also sent as the header `trackingId`.

    Returns:
        The answer with `{message, errors: [{description, errorCode?}], trackingId}`.
    """
    errors: Sequence[JsonObject] = error.errors or [_described(error.message, error.code)]
    body: JsonObject = {
        "message": error.message,
        "errors": list(errors),
        "trackingId": tracking_id,
    }
    headers: Mapping[str, str] = error.headers
    if error.code is not None:
        body["errorCode"] = error.code
        headers = {"cisco-spark-error-codes": str(error.code), **headers}
    return Reply(error.status, body, headers)


def _described(message: str, code: int | str | None) -> JsonObject:
    described: JsonObject = {"description": message}
    if code is not None:
        described["errorCode"] = code
    return described


def no_such_path(path: str) -> ApiError:
    """404 of a path that the API does not have."""
    return ApiError(404, f"No static resource hydra/v1{path}.")


def wrong_method(method: str, allowed: Sequence[str]) -> ApiError:
    """405 of a path that exists for other methods."""
    return ApiError(
        405, f"Request method '{method}' is not supported", headers={"Allow": ", ".join(allowed)}
    )


def unauthorized() -> ApiError:
    """401 of a missing, wrong or expired token."""
    return ApiError(
        401,
        "The request requires a valid access token set in the Authorization request header.",
        headers={"WWW-Authenticate": 'Bearer realm="Webex API"'},
    )


def forbidden() -> ApiError:
    """403 of a token that lacks the scope."""
    return ApiError(
        403,
        "The server understood the request, but refused to fulfill it because the access token is "
        "missing required scopes or the user is missing required roles or licenses.",
    )


def not_found(what: str, code: int | str | None = NOT_FOUND) -> ApiError:
    """404 of a thing that does not exist."""
    return ApiError(404, f"{what} could not be found", code)


def field_missing(name: str) -> ApiError:
    """400 of a body that lacks a field."""
    return ApiError(400, f"Missing mandatory field: {name}", FIELD_MISSING)


def field_invalid(name: str, why: str) -> ApiError:
    """400 of a field with an impossible value."""
    return ApiError(400, f"Invalid value for field {name}: {why}", FIELD_MISSING)


def unsupported_media(content_type: str) -> ApiError:
    """415 of a body that does not claim to be JSON."""
    return ApiError(415, f"Content-Type '{content_type}' is not supported")


def malformed_body() -> ApiError:
    """400 of a body that is no JSON."""
    return ApiError(400, "Malformed JSON request body")


def name_taken(name: str) -> ApiError:
    """409 of a name that another item has."""
    return ApiError(409, f"The name '{name}' is already in use", NAME_TAKEN)
