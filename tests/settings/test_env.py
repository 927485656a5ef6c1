from __future__ import annotations

import os
from pathlib import Path

import pytest

from Space_OdT.settings import env
from Space_OdT.settings.env import env_files, load_env


def write(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_file_wins_and_beats_exported_variables(clean_world: Path) -> None:
    far = write(clean_world.parent, "COLOUR=far\nSHAPE=far\n")
    near = write(clean_world, "COLOUR=near\n")
    os.environ["COLOUR"] = os.environ["SHAPE"] = os.environ["OTHER"] = "exported"
    loaded = load_env()
    assert (os.environ["COLOUR"], os.environ["SHAPE"]) == ("near", "far")
    assert os.environ["OTHER"] == "exported"
    assert loaded.files == (near, far)
    assert loaded.origins == {"COLOUR": near, "SHAPE": far}
    assert loaded.problems == ()


def test_the_project_root_counts_last(clean_world: Path, tmp_path: Path, monkeypatch) -> None:
    root = tmp_path / "elsewhere"
    root.mkdir()
    monkeypatch.setattr(env, "PROJECT_ROOT", root)
    last, first = write(root, "COLOUR=root\n"), write(clean_world, "SHAPE=here\n")
    assert env_files() == [first, last]


def test_a_file_is_listed_once_when_the_project_root_is_an_ancestor(clean_world: Path) -> None:
    path = write(clean_world.parent.parent, "COLOUR=root\n")
    assert env_files() == [path]


def test_a_blank_value_is_no_value(clean_world: Path) -> None:
    write(clean_world, "COLOUR=\nSHAPE=''\nSIZE\n")
    os.environ["COLOUR"] = "exported"
    assert load_env().origins == {}
    assert os.environ["COLOUR"] == "exported"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_what_windows_editors_write_is_read(clean_world: Path, encoding: str) -> None:
    bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
    (clean_world / ".env").write_bytes(bom + "COLOUR=grün\r\n".encode(encoding))
    assert load_env().problems == ()
    assert os.environ["COLOUR"] == "grün"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_character_are_read_without_a_mark_too(clean_world, encoding) -> None:
    (clean_world / ".env").write_bytes("COLOUR=grün\r\n".encode(encoding))
    assert load_env().problems == ()
    assert os.environ["COLOUR"] == "grün"


def test_a_token_that_stands_alone_is_named_by_its_line(clean_world: Path) -> None:
    path = write(clean_world, "# mine\n\n\nNDBkLXRva2Vu\n\nCOLOUR=near\nhalf a line\n")
    problems = load_env().problems
    assert problems == tuple(f"{path}, line {line}: not NAME=value" for line in (4, 7))
    assert os.environ["COLOUR"] == "near"


def test_a_file_that_is_no_text_is_reported(clean_world: Path) -> None:
    (clean_world / ".env").write_bytes(b"COLOUR=\xff\xfa\n")
    loaded = load_env()
    assert loaded.files == ()
    assert "not text" in loaded.problems[0]


def test_a_file_that_cannot_be_read_is_reported(clean_world: Path, monkeypatch) -> None:
    path = write(clean_world, "COLOUR=near\n")
    original = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    loaded = load_env()
    assert loaded.problems == (f"{path} cannot be read: Permission denied",)


def test_a_folder_that_may_not_be_looked_into_is_passed_over(clean_world, monkeypatch) -> None:
    def refuse(self: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    assert env_files() == []


def test_a_line_that_is_no_assignment_is_named_but_never_quoted(clean_world, caplog) -> None:
    path = write(clean_world, "# comment\nCOLOUR=near\nNDBk secret NTk\nSHAPE=near\n")
    loaded = load_env()
    assert loaded.problems == (f"{path}, line 3: not NAME=value",)
    assert os.environ["SHAPE"] == "near"
    assert "NTk" not in caplog.text + "".join(loaded.problems)


def test_a_folder_named_like_the_file_is_no_file(clean_world: Path) -> None:
    (clean_world / ".env").mkdir()
    assert load_env().files == ()


def test_null_bytes_never_reach_the_environment(clean_world: Path) -> None:
    (clean_world / ".env").write_bytes(b"COLOUR=a\0b\nSHAPE=round\n")
    assert "line 1" in load_env().problems[0]
    assert "COLOUR" not in os.environ
    assert os.environ["SHAPE"] == "round"
