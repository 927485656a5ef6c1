from __future__ import annotations

import pytest

from Space_OdT.settings.base_url import base_url_warnings, clean_base_url, is_this_machine


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://webexapis.com/v1", "https://webexapis.com/v1"),
        (" https://webexapis.com/v1/ ", "https://webexapis.com/v1"),
        ("http://127.0.0.1:8790/v1///", "http://127.0.0.1:8790/v1"),
        ("https://[::1]:8443/v1", "https://[::1]:8443/v1"),
        ("HTTPS://WebexAPIs.com/v1", "https://webexapis.com/v1"),
    ],
)
def test_a_usable_url_loses_only_blanks_and_slashes(given: str, kept: str) -> None:
    assert clean_base_url(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "webexapis.com/v1",
        "ftp://webexapis.com/v1",
        "https://",
        "https://user:hush@webexapis.com/v1",
        "https://webexapis.com/v1?x=1",
        "https://webexapis.com/v1#x",
        "https://webexapis.com:99999/v1",
        "https://webexapis.com:eighty/v1",
        "https://[::1/v1",
        "https://webex apis.com/v1",
        "https://webexapis.com/v1\r\nX: 1",
    ],
)
def test_an_unusable_url_is_refused_without_echo(given: str) -> None:
    with pytest.raises(ValueError) as refusal:
        clean_base_url(given)
    assert "hush" not in str(refusal.value)


def test_plain_http_is_warned_about_unless_it_stays_on_this_machine() -> None:
    assert base_url_warnings("http://lab.example.com/v1")
    assert not base_url_warnings("http://127.0.0.1:8790/v1")
    assert not base_url_warnings("http://localhost:8790/v1")
    assert not base_url_warnings("https://webexapis.com/v1")


def test_only_loopback_is_this_machine() -> None:
    assert is_this_machine("127.3.2.1")
    assert is_this_machine("::1")
    assert not is_this_machine("10.0.0.1")
    assert not is_this_machine("localhost.example.com")
