"""Turn the environment into one frozen, checked `Settings`; each variable is declared here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from Space_OdT.settings.base_url import base_url_warnings, clean_base_url
from Space_OdT.settings.env import LoadedEnv, load_env
from Space_OdT.settings.proxies import proxy_for
from Space_OdT.settings.token import TokenFormatError, clean_token

DEFAULT_BASE_URL = "https://webexapis.com/v1"
TOKEN_VARIABLES = ("WEBEX_ACCESS_TOKEN", "WEBEX_TOKEN")

_SHOWN_VALUE_LENGTH = 80


class SettingsError(ValueError):
    """Some settings cannot be used; the message names variable, value, expectation and source."""


class MissingTokenError(SettingsError):
    """No access token was given in any of the three ways."""


def _expects(text: str) -> dict[str, Any]:
    return {"expects": text}


class Settings(BaseSettings):
    """Everything a run may be told from outside, read once and never changed.

    Build it with `Settings.load()`; attributes are described where they are declared.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    webex_access_token: Annotated[
        SecretStr | None,
        Field(
            validation_alias=AliasChoices(*TOKEN_VARIABLES),
            description=(
                "Access token of a Webex administrator. Both names mean the same; the first is "
                "looked at first. `--token` beats both."
            ),
            json_schema_extra=_expects("an access token: printable characters without blanks"),
        ),
    ] = None
    webex_base_url: Annotated[
        str,
        Field(
            description=(
                "Base URL of the Webex API, for every command. SCIM is reached on the same host."
            ),
            json_schema_extra=_expects(
                f"an http(s) URL without user, password, query or fragment, as {DEFAULT_BASE_URL}"
            ),
        ),
    ] = DEFAULT_BASE_URL
    output_dir: Annotated[
        Path,
        Field(
            description="Folder for artifacts, relative to the current one. `--out-dir` wins.",
            json_schema_extra=_expects("a folder"),
        ),
    ] = Path(".artifacts")
    concurrent_requests: Annotated[
        int,
        Field(
            ge=1,
            le=500,
            description="Requests in flight at most. `--concurrent-requests` wins.",
            json_schema_extra=_expects("a whole number from 1 to 500"),
        ),
    ] = 20
    max_rate_per_minute: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000_000,
            description=(
                "Calls a minute at most; without it the server's limit is found by itself. "
                "`--max-rate` wins."
            ),
            json_schema_extra=_expects("a whole number from 1 to 1000000"),
        ),
    ] = None
    max_retries: Annotated[
        int,
        Field(
            ge=0,
            le=20,
            description=(
                "Repeats of one call after a server error, a timeout or a network failure. "
                "Throttled calls (429, 423) do not count: see THROTTLE_BUDGET_SECONDS."
            ),
            json_schema_extra=_expects("a whole number from 0 to 20"),
        ),
    ] = 5
    throttle_budget_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=86_400,
            allow_inf_nan=False,
            description="Seconds one call may spend waiting out 429 and 423 answers.",
            json_schema_extra=_expects("seconds from 0 to 86400"),
        ),
    ] = 600.0
    request_timeout_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=3_600,
            allow_inf_nan=False,
            description="Seconds one attempt of a call may take in all, connecting included.",
            json_schema_extra=_expects("seconds above 0, at most 3600"),
        ),
    ] = 20.0
    connect_timeout_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=600,
            allow_inf_nan=False,
            description="Seconds opening one connection may take, TLS included.",
            json_schema_extra=_expects("seconds above 0, at most 600"),
        ),
    ] = 5.0
    environment: Annotated[
        Literal["lab", "prod"] | None,
        Field(
            description=(
                "What kind of organisation the token belongs to. `bulk_run` insists on it, shows "
                "it, and checks WEBEX_ORG_ID against the organisation."
            ),
            json_schema_extra=_expects("lab or prod"),
        ),
    ] = None
    webex_org_id: Annotated[
        str | None,
        Field(
            description=(
                "Id of the one organisation `bulk_run` may work on, as Webex shows it or as the "
                "bare UUID. Another organisation ends the run before the first row."
            ),
            json_schema_extra=_expects("the id of an organisation"),
        ),
    ] = None
    batch_size: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description="Rows of one batch of `bulk_run`; the circuit breaker judges by batches.",
            json_schema_extra=_expects("a whole number from 1 to 100000"),
        ),
    ] = 500
    max_rows: Annotated[
        int,
        Field(
            ge=1,
            le=10_000_000,
            description=(
                "Rows a run takes, of each kind; a longer file is refused before anything is sent."
            ),
            json_schema_extra=_expects("a whole number from 1 to 10000000"),
        ),
    ] = 21_000
    max_batches: Annotated[
        int | None,
        Field(
            ge=1,
            le=10_000_000,
            description=(
                "Batches `bulk_run` runs over all phases; without it, as many as MAX_ROWS and "
                "BATCH_SIZE allow. More are refused before anything is sent."
            ),
            json_schema_extra=_expects("a whole number from 1 to 10000000"),
        ),
    ] = None
    circuit_breaker_threshold: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            allow_inf_nan=False,
            description=(
                "Share of a batch that may fail for good (refused, not permitted, token rejected) "
                "before `bulk_run` stops."
            ),
            json_schema_extra=_expects("a share above 0, at most 1"),
        ),
    ] = 0.8
    enable_safe_compensation: Annotated[
        bool,
        Field(
            description=(
                "Whether `bulk_run` takes back a location it created when a later step of the same "
                "row fails, if Webex's own check says that is safe."
            ),
            json_schema_extra=_expects("true or false"),
        ),
    ] = False
    pipeline_version: Annotated[
        int,
        Field(
            ge=1,
            description=(
                "Version of the processing, kept in the checkpoint; a run begun with another one "
                "is not continued."
            ),
            json_schema_extra=_expects("a whole number from 1"),
        ),
    ] = 1
    legacy_forward_prefix: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{0,6}$",
            description=(
                "Stands before the last digits of an extension where calls go on to the old system."
            ),
            json_schema_extra=_expects("at most 6 digits"),
        ),
    ] = "53"
    legacy_forward_tail: Annotated[
        int,
        Field(
            ge=1,
            le=15,
            description="How many last digits of the extension follow LEGACY_FORWARD_PREFIX.",
            json_schema_extra=_expects("a whole number from 1 to 15"),
        ),
    ] = 7
    legacy_intercom_prefix: Annotated[
        str,
        Field(
            pattern=r"^\+[1-9][0-9]{0,10}$",
            description=(
                "Stands before the last digits of an extension in the number by which the old "
                "system reaches it."
            ),
            json_schema_extra=_expects("+ and at most 11 digits, as +3451"),
        ),
    ] = "+3451"
    legacy_intercom_tail: Annotated[
        int,
        Field(
            ge=1,
            le=15,
            description="How many last digits of the extension follow LEGACY_INTERCOM_PREFIX.",
            json_schema_extra=_expects("a whole number from 1 to 15"),
        ),
    ] = 7
    numbers_per_call: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            description=(
                "Numbers that one request of an action adds to a location or activates at most; "
                "Webex states no limit for direct numbers."
            ),
            json_schema_extra=_expects("a whole number from 1 to 1000"),
        ),
    ] = 200
    space_odt_log_dir: Annotated[
        Path | None,
        Field(
            description=(
                "Folder for the logs of the transformation actions; without it, `logs` beside the "
                "actions in a writable checkout, else `logs` in the output folder."
            ),
            json_schema_extra=_expects("a folder"),
        ),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(
            description="Least level of events in the JSON-lines log; `debug` writes every call.",
            json_schema_extra=_expects("debug, info, warning or error"),
        ),
    ] = "info"

    _env: LoadedEnv = PrivateAttr(default_factory=LoadedEnv)
    _token_source: str = PrivateAttr(default="--token")
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @field_validator("webex_access_token", mode="before")
    @classmethod
    def _clean_token(cls, value: Any) -> Any:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        return (clean_token(text) or None) if isinstance(text, str) else text

    @field_validator("webex_base_url", mode="after")
    @classmethod
    def _clean_base_url(cls, value: str) -> str:
        return clean_base_url(value)

    @field_validator("log_level", "environment", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @classmethod
    def load(
        cls,
        token: str | None = None,
        *,
        start: Path | None = None,
        env_files: bool = True,
        token_variables: Sequence[str] = TOKEN_VARIABLES,
        **overrides: Any,
    ) -> Self:
        """Load `.env` files and the environment, then apply what the command line says.

        Args:
            token: Value of `--token`; beats every other source.
            start: Folder the `.env` search starts from; the current folder when None.
            env_files: Whether to load `.env` files; False takes the environment as it is.
            token_variables: Both names of the token, the one to look at first in front.
            **overrides: Fields by name that beat the environment; None means not given.

        Returns:
            The frozen settings of this run.

        Raises:
            SettingsError: Naming every unusable variable, its value (never a token), what was
                expected and the file it came from.
        """
        env = load_env(start) if env_files else LoadedEnv()
        source = "--token"
        given = {name: value for name, value in overrides.items() if value is not None}
        if unknown := given.keys() - cls.model_fields.keys():
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        if token is not None:
            given["webex_access_token"] = _token_argument(token)
        elif variable := _nearest_token_variable(env, token_variables):
            given[variable] = os.environ[variable]
            source = f"{variable} in {env.origins.get(variable, 'the environment')}"
        try:
            settings = cls(**given)
        except ValidationError as error:
            raise SettingsError(_explain(error, given, env)) from None
        settings._env = env
        settings._token_source = source
        settings._warnings = (*env.problems, *base_url_warnings(settings.webex_base_url))
        return settings

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences the operator should see before the run: unusable files, an unsafe base URL."""
        return self._warnings

    @property
    def proxy(self) -> str | None:
        """URL of the proxy the environment names for the base URL, or None to go there directly."""
        return proxy_for(self.webex_base_url, os.environ)

    @property
    def token_source(self) -> str:
        """Where `load` found the token, to tell the operator which one was refused."""
        return self._token_source

    def access_token(self) -> str:
        """Hand out the access token.

        Returns:
            The bare token, fit for an Authorization header.

        Raises:
            MissingTokenError: When there is none; the message names the three ways to give one.
        """
        if self.webex_access_token is None:
            raise MissingTokenError(missing_token_message(self._env))
        return self.webex_access_token.get_secret_value()

    def with_token(self, token: str) -> Self:
        """Copy the settings with another token.

        Args:
            token: The token, as pasted.

        Returns:
            The same settings otherwise.

        Raises:
            SettingsError: When it cannot be a token.
        """
        return self.model_copy(update={"webex_access_token": SecretStr(_token_argument(token))})

    def describe(self) -> dict[str, Any]:
        """List the effective values for the log of a run.

        Returns:
            Field name -> plain value; the token only as whether there is one.
        """
        values = self.model_dump(mode="json", exclude={"webex_access_token"})
        return {**values, "token_given": self.webex_access_token is not None}


def missing_token_message(env: LoadedEnv) -> str:
    """Say how to give a token.

    Args:
        env: What loading the `.env` files did.

    Returns:
        One message that names the three ways, and which files were looked at.
    """
    read = ", ".join(map(str, env.files)) or "none found"
    problems = "".join(f"\n  Note: {problem}." for problem in env.problems)
    return (
        "No Webex access token. Give one in one of three ways:\n"
        "  1. --token TOKEN on the command line;\n"
        "  2. WEBEX_ACCESS_TOKEN=TOKEN in a .env file in the current folder, a folder above it or "
        f"the project root (read: {read});\n"
        "  3. the environment variable WEBEX_ACCESS_TOKEN (WEBEX_TOKEN means the same)." + problems
    )


def _token_argument(token: str) -> str:
    """Refuse an empty `--token`: falling back to another token may mean another organisation."""
    try:
        cleaned = clean_token(token)
    except TokenFormatError as error:
        raise SettingsError(f"--token {error}; the value is not shown.") from None
    if not cleaned:
        raise SettingsError("--token was given without a value.")
    return cleaned


def _nearest_token_variable(env: LoadedEnv, names: Sequence[str]) -> str | None:
    """Choose between the two names: the nearest file wins, then the order of the names."""
    distance = {path: rank for rank, path in enumerate(env.files)}
    set_ones = [name for name in names if os.environ.get(name, "").strip()]
    return min(
        set_ones,
        key=lambda name: distance.get(env.origins.get(name, Path()), len(distance)),
        default=None,
    )


def _explain(error: ValidationError, given: Mapping[str, Any], env: LoadedEnv) -> str:
    problems = [
        _explain_one(str(item["loc"][0]), item["msg"], given, env)
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return "\n".join(dict.fromkeys(problems))


def _explain_one(place: str, reason: str, given: Mapping[str, Any], env: LoadedEnv) -> str:
    name, variable = _field_and_variable(place)
    origins = {key.upper(): path for key, path in env.origins.items()}
    if name in given:
        source, value = "as given on the command line", str(given[name])
    else:
        source = f"from {origins[variable]}" if variable in origins else "from the environment"
        value = _environment_value(variable)
    secret = name == "webex_access_token" or "@" in value
    shown = "(value not shown)" if secret else repr(value[:_SHOWN_VALUE_LENGTH])
    expected = _extra(name)["expects"]
    why = f" It {reason.removeprefix('Value error, ')}." if "Value error" in reason else ""
    return f"{variable} {shown} ({source}): expected {expected}.{why}"


def _environment_value(variable: str) -> str:
    return next((value for key, value in os.environ.items() if key.upper() == variable), "")


def _field_and_variable(place: str) -> tuple[str, str]:
    """Map what pydantic calls a field (its name or one of its aliases) to both our names."""
    for name in Settings.model_fields:
        variables = _variables(name)
        if place == name or place.upper() in variables:
            return name, place.upper() if place.upper() in variables else variables[0]
    raise AssertionError(f"no field {place}")


def _variables(name: str) -> tuple[str, ...]:
    alias = Settings.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (name.upper(),)


def _extra(name: str) -> dict[str, Any]:
    extra = Settings.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One line of the settings reference.

    Attributes:
        field: Attribute of `Settings`.
        variable: Environment variable; several names are joined by " or ".
        default: Default as text, "" when there is none.
        expects: What a value must look like.
        description: What the setting does.
    """

    field: str
    variable: str
    default: str
    expects: str
    description: str


def _entry(name: str) -> SettingEntry:
    info = Settings.model_fields[name]
    return SettingEntry(
        field=name,
        variable=" or ".join(_variables(name)),
        default="" if info.default is None else str(info.default),
        expects=str(_extra(name)["expects"]),
        description=info.description or "",
    )


SETTINGS_TABLE: tuple[SettingEntry, ...] = tuple(_entry(name) for name in Settings.model_fields)
