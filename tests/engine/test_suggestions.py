"""Unknown words get the known one that may be meant."""

from __future__ import annotations

import pytest

from Space_OdT.engine.input_schema import COLUMNS
from Space_OdT.engine.suggestions import closest, did_you_mean


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("mail", "email"),
        ("user_email", "email"),
        ("phone", "phone_number"),
        ("extention", "extension"),
        ("address1", "address_line1"),
        ("timezone", "time_zone"),
        ("calling_setting_voicemail", "calling_settings_voicemail_enabled"),
    ],
)
def test_a_column_is_guessed(written, meant):
    assert closest(written, COLUMNS) == meant


def test_nothing_is_guessed_when_nothing_resembles():
    assert closest("zzz", COLUMNS) is None
    assert did_you_mean("zzz", COLUMNS) == ""


def test_whole_words_must_resemble_as_a_whole():
    assert closest("Europe/Nowhere", ["Eire", "Europe/Madrid"], whole=True) is None
    assert did_you_mean("Europe/Madird", ["Eire", "Europe/Madrid"], whole=True) == (
        'did you mean "Europe/Madrid"? '
    )
