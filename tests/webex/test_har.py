from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from Space_OdT.webex.har import HarEntry, HarWriter

ROOT = Path(__file__).resolve().parents[2]


def entry(number: int, *, body: str = '{"id": "1"}', comment: str = "") -> HarEntry:
    return HarEntry(
        ended_at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        seconds=0.25,
        method="GET",
        url=f"https://webexapis.com/v1/people/{number}?max=2",
        request_headers={"TrackingID": f"SpaceOdT_{number}"},
        request_body=None,
        status=200,
        response_headers={"Content-Type": "application/json"},
        response_body=body,
        response_size=len(body),
        content_type="application/json",
        comment=comment,
    )


def entries(path: Path) -> list[dict]:
    archive = json.loads(path.read_text(encoding="utf-8"))["log"]
    assert archive["version"] == "1.2"
    assert archive["creator"]["name"] == "Space_OdT"
    return archive["entries"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "http.har"


def test_the_archive_is_whole_after_every_entry(path: Path) -> None:
    writer = HarWriter(path)
    for number in range(3):
        writer.add(entry(number))
        assert len(entries(path)) == number + 1
    writer.close()
    writer.close()
    first = entries(path)[0]
    assert first["request"]["method"] == "GET"
    assert first["request"]["queryString"] == [{"name": "max", "value": "2"}]
    assert (first["response"]["status"], first["response"]["statusText"]) == (200, "OK")
    assert first["response"]["content"]["text"] == '{"id": "1"}'
    assert first["startedDateTime"] == "2026-11-21T11:59:59.750000+00:00"
    assert first["time"] == 250


def test_an_archive_without_entries_is_an_archive(path: Path) -> None:
    HarWriter(path).close()
    assert entries(path) == []
    writer = HarWriter(path)
    writer.add(entry(1))
    writer.close()
    assert len(entries(path)) == 1


def test_a_later_run_goes_on_in_the_same_archive(path: Path) -> None:
    for number in range(3):
        writer = HarWriter(path)
        writer.add(entry(number, comment="ñ\n}"))
        writer.close()
    assert [one["request"]["url"][-7] for one in entries(path)] == ["0", "1", "2"]


def test_at_any_torn_byte_the_whole_entries_survive(path: Path, tmp_path: Path) -> None:
    writer = HarWriter(path)
    marks = []
    for number in range(3):
        writer.add(entry(number, body='{"text": "a\\n            }"}'))
        marks.append(writer._end)
    writer.close()
    whole = path.read_bytes()
    for cut in range(marks[0], len(whole), 7):
        torn = tmp_path / "torn.har"
        torn.write_bytes(whole[:cut])
        again = HarWriter(torn)
        again.add(entry(9))
        again.close()
        kept = sum(mark <= cut for mark in marks)
        assert len(entries(torn)) == kept + 1, cut


def test_a_foreign_file_is_put_aside_not_overwritten(path: Path) -> None:
    path.write_text("precious", encoding="utf-8")
    writer = HarWriter(path)
    writer.add(entry(1))
    writer.close()
    assert path.with_suffix(".har.damaged").read_text(encoding="utf-8") == "precious"
    assert len(entries(path)) == 1


def test_the_archive_does_not_grow_beyond_its_bound(path: Path) -> None:
    writer = HarWriter(path, max_bytes=5000)
    for number in range(50):
        writer.add(entry(number))
    assert writer.is_full
    writer.close()
    assert path.stat().st_size < 5200
    assert 1 < len(entries(path)) < 10


def test_secrets_are_masked_even_if_redaction_missed_them(path: Path) -> None:
    writer = HarWriter(path)
    writer.add(entry(1, body='{"x": "very-secret"}'), ("very-secret",))
    writer.close()
    assert "very-secret" not in path.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_the_archive_is_for_its_owner_alone(path: Path) -> None:
    HarWriter(path).close()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_writer_killed_at_work_leaves_a_readable_archive(path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from Space_OdT.webex.har import HarWriter
        from tests.webex.test_har import entry
        writer = HarWriter(Path(sys.argv[1]))
        for number in range(1_000_000):
            writer.add(entry(number, body="x" * 20_000))
            if number % 10 == 9:
                print(number, flush=True)
        """
    )
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        promised = int(child.stdout.readline()) + 1
        os.kill(child.pid, signal.SIGKILL)
        child.wait(timeout=30)
        child.stdout.close()
        writer = HarWriter(path)
        writer.close()
        assert len(entries(path)) >= promised
