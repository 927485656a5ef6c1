from __future__ import annotations

import json
from typing import Any

import pytest

from Space_OdT.engine.values import BadValueError
from Space_OdT.softphones.alternates import alternate_numbers, left_to_do

ONE, TWO = "+34910000001", "+34910000002"


def body(*entries: dict[str, Any], **more: Any) -> str:
    return json.dumps({"phoneNumbers": list(entries), **more})


def test_what_is_left_out_gets_its_usual_value() -> None:
    normal = json.loads(alternate_numbers(body({"external": ONE})))
    assert normal == {"phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": ONE}]}


@pytest.mark.parametrize(
    "cell",
    [
        "[]",
        "{}",
        body(),
        body({"directNumber": ONE}, {"directNumber": ONE}),
        body({"directNumber": "1"}),
        body({"directNumber": ONE, "primary": True}),
        body({"directNumber": ONE, "action": "MOVE"}),
        body({"directNumber": ONE, "ring": "x"}),
        body({"directNumber": ONE}, other=1),
        body({"directNumber": ONE}, distinctiveRingEnabled="yes"),
    ],
)
def test_another_shape_is_refused(cell: str) -> None:
    with pytest.raises(BadValueError):
        alternate_numbers(cell)


def test_only_what_differs_is_left_to_do() -> None:
    wanted = json.loads(
        alternate_numbers(
            body(
                {"directNumber": ONE},
                {"directNumber": TWO, "action": "DELETE"},
                distinctiveRingEnabled=True,
            )
        )
    )
    has_two = {"distinctiveRingEnabled": True, "phoneNumbers": [{"directNumber": TWO}]}
    assert left_to_do(wanted, has_two) == {"phoneNumbers": wanted["phoneNumbers"]}
    has_one = {"distinctiveRingEnabled": False, "phoneNumbers": [{"external": ONE}]}
    assert left_to_do(wanted, has_one) == {"distinctiveRingEnabled": True, "phoneNumbers": []}
    done = {"distinctiveRingEnabled": True, "phoneNumbers": [{"directNumber": ONE}]}
    assert left_to_do(wanted, done) is None
