from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from Space_OdT.settings.config import (
    SETTINGS_TABLE,
    MissingTokenError,
    Settings,
    SettingsError,
)


def env_file(folder: Path, *lines: str) -> Path:
    path = folder / ".env"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_without_anything_the_defaults_count() -> None:
    settings = Settings.load()
    assert settings.webex_base_url == "https://webexapis.com/v1"
    assert (settings.max_retries, settings.request_timeout_seconds) == (5, 20)
    assert settings.connect_timeout_seconds == 5
    assert settings.max_rate_per_minute is None
    assert settings.output_dir == Path(".artifacts")
    assert settings.warnings == ()


def test_a_missing_token_names_the_three_ways_and_the_files_that_were_read(clean_world) -> None:
    path = env_file(clean_world, "MAX_RETRIES=1")
    with pytest.raises(MissingTokenError) as missing:
        Settings.load().access_token()
    text = str(missing.value)
    for way in ("--token", ".env", "environment variable WEBEX_ACCESS_TOKEN", "WEBEX_TOKEN"):
        assert way in text
    assert str(path) in text


def test_an_unreadable_file_is_mentioned_when_the_token_is_missing(clean_world: Path) -> None:
    (clean_world / ".env").write_bytes(b"\xff\xff\xff")
    settings = Settings.load()
    assert "not text" in settings.warnings[0]
    with pytest.raises(MissingTokenError, match="not text"):
        settings.access_token()


def test_the_command_line_beats_the_file_beats_the_environment(clean_world: Path) -> None:
    os.environ["WEBEX_ACCESS_TOKEN"] = "exported-token"
    assert Settings.load().access_token() == "exported-token"
    env_file(clean_world, "WEBEX_ACCESS_TOKEN=file-token")
    assert Settings.load().access_token() == "file-token"
    assert Settings.load(token="given-token").access_token() == "given-token"


def test_the_source_of_the_token_can_be_told(clean_world: Path) -> None:
    os.environ["WEBEX_TOKEN"] = "exported-token"
    assert Settings.load().token_source == "WEBEX_TOKEN in the environment"
    path = env_file(clean_world, "WEBEX_ACCESS_TOKEN=file-token")
    assert Settings.load().token_source == f"WEBEX_ACCESS_TOKEN in {path}"
    assert Settings.load(token="given-token").token_source == "--token"


def test_of_the_two_names_the_first_counts_within_one_source() -> None:
    os.environ["WEBEX_TOKEN"] = "second-name"
    assert Settings.load().access_token() == "second-name"
    os.environ["WEBEX_ACCESS_TOKEN"] = "first-name"
    assert Settings.load().access_token() == "first-name"


def test_a_nearer_file_beats_the_order_of_the_names(clean_world: Path) -> None:
    os.environ["WEBEX_ACCESS_TOKEN"] = "exported-token"
    env_file(clean_world.parent, "WEBEX_ACCESS_TOKEN=parent-token")
    env_file(clean_world, "WEBEX_TOKEN=near-token")
    assert Settings.load().access_token() == "near-token"


def test_a_blank_variable_is_not_a_token() -> None:
    os.environ["WEBEX_ACCESS_TOKEN"] = "  "
    os.environ["WEBEX_TOKEN"] = "second-name"
    assert Settings.load().access_token() == "second-name"


def test_a_blank_token_argument_never_falls_back_to_another_organisation() -> None:
    os.environ["WEBEX_ACCESS_TOKEN"] = "exported-token"
    with pytest.raises(SettingsError, match="--token was given without a value"):
        Settings.load(token="")


def test_a_bad_token_is_refused_without_being_shown(clean_world: Path) -> None:
    path = env_file(clean_world, 'WEBEX_TOKEN="half of\ta token"')
    with pytest.raises(SettingsError) as refusal:
        Settings.load()
    text = str(refusal.value)
    assert "WEBEX_TOKEN" in text
    assert str(path) in text
    assert "half of" not in text
    with pytest.raises(SettingsError) as refusal:
        Settings.load(token="other half")
    assert "other half" not in str(refusal.value)


def test_every_bad_value_is_named_at_once_with_value_expectation_and_source(clean_world) -> None:
    path = env_file(clean_world, "MAX_RETRIES=many")
    os.environ["LOG_LEVEL"] = "loud"
    with pytest.raises(SettingsError) as refusal:
        Settings.load(request_timeout_seconds=-3)
    lines = str(refusal.value).splitlines()
    assert f"MAX_RETRIES 'many' (from {path}): expected a whole number from 0 to 20." in lines
    assert any("LOG_LEVEL 'loud' (from the environment)" in line for line in lines)
    assert any("REQUEST_TIMEOUT_SECONDS '-3' (as given on the command line)" in x for x in lines)


def test_credentials_in_a_base_url_are_refused_and_never_shown() -> None:
    os.environ["WEBEX_BASE_URL"] = "https://admin:hush@webexapis.com/v1"
    with pytest.raises(SettingsError) as refusal:
        Settings.load()
    assert "hush" not in str(refusal.value)
    assert "carries a user or password" in str(refusal.value)


def test_a_trailing_slash_of_the_base_url_makes_no_difference() -> None:
    assert Settings.load(webex_base_url="http://127.0.0.1:1/v1/").webex_base_url.endswith("/v1")


def test_files_can_be_left_alone(clean_world: Path) -> None:
    env_file(clean_world, "WEBEX_ACCESS_TOKEN=file-token")
    assert Settings.load(env_files=False).webex_access_token is None
    assert Settings.load().access_token() == "file-token"


def test_an_override_of_none_means_not_given() -> None:
    os.environ["MAX_RATE_PER_MINUTE"] = "300"
    assert Settings.load(max_rate_per_minute=None).max_rate_per_minute == 300
    assert Settings.load(max_rate_per_minute=60).max_rate_per_minute == 60


def test_an_override_nobody_declared_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="colour"):
        Settings.load(colour="green")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings.load().max_retries = 3


def test_the_token_stands_in_no_representation() -> None:
    settings = Settings.load(token="very-secret-token")
    for text in (repr(settings), str(settings), str(settings.describe()), str(settings.warnings)):
        assert "very-secret-token" not in text
    assert settings.describe()["token_given"] is True


def test_the_proxy_is_the_environments(clean_world: Path) -> None:
    env_file(clean_world, "HTTPS_PROXY=http://proxy.example.com:3128")
    assert Settings.load().proxy == "http://proxy.example.com:3128"
    assert Settings.load(webex_base_url="http://127.0.0.1:9/v1").proxy is None


def test_every_setting_says_what_it_does_and_expects() -> None:
    assert {entry.field for entry in SETTINGS_TABLE} == Settings.model_fields.keys()
    for entry in SETTINGS_TABLE:
        assert entry.variable == entry.variable.upper() or " or " in entry.variable
        assert entry.description.endswith(".")
        assert entry.expects
    token = next(entry for entry in SETTINGS_TABLE if entry.field == "webex_access_token")
    assert token.variable == "WEBEX_ACCESS_TOKEN or WEBEX_TOKEN"
    assert token.default == ""
