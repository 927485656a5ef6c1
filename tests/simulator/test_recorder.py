"""Calls are remembered within bounds and counted without."""

from __future__ import annotations

from Space_OdT.simulator import recorder as module
from Space_OdT.simulator.recorder import Recorder


def note(recorder, method="GET", path="/people", body=b"", status=200):
    recorder.record(method, path, "a=b", body, status, committed=True)


def test_calls_come_back_in_their_order():
    recorder = Recorder()
    for method in ("GET", "PUT", "GET", "POST"):
        note(recorder, method)
    assert [call.method for call in recorder.calls()] == ["GET", "PUT", "GET", "POST"]
    assert [call.number for call in recorder.calls("GET")] == [1, 3]


def test_calls_are_filtered_by_the_beginning_of_their_path():
    recorder = Recorder()
    note(recorder, path="/people/1")
    note(recorder, path="/locations")
    assert [call.path for call in recorder.calls(path="/people")] == ["/people/1"]


def test_reads_do_not_push_writes_out(monkeypatch):
    monkeypatch.setattr(module, "READS_KEPT", 10)
    recorder = Recorder()
    note(recorder, "PUT")
    for _ in range(50):
        note(recorder)
    assert len(list(recorder.calls("GET"))) == 10
    assert len(list(recorder.calls("PUT"))) == 1
    assert recorder.counts() == {
        "total": 51,
        "by_method": {"PUT": 1, "GET": 50},
        "by_status": {"200": 51},
    }


def test_bodies_are_shown_decoded_or_as_text():
    recorder = Recorder()
    note(recorder, "PUT", body=b'{"a": 1}')
    note(recorder, "PUT", body=b"{broken")
    note(recorder, "PUT")
    assert [call.to_json()["body"] for call in recorder.calls()] == [{"a": 1}, "{broken", None]


def test_clearing_counts_from_zero():
    recorder = Recorder()
    note(recorder)
    recorder.clear()
    assert (recorder.total, list(recorder.calls())) == (0, [])
