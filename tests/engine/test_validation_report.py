"""The report vouches for the pipeline's outputs, for one input and version only."""

from __future__ import annotations

import pytest

from Space_OdT.engine.validation_report import load_report
from tests.engine.bulk_inputs import USER, run_rows


def test_a_report_is_read_back(tmp_path):
    run = run_rows(tmp_path, USER)
    path, report = run.targets.report_json, run.report
    assert load_report(path, input_hash=report.input_hash, pipeline_version=1) == report


@pytest.mark.parametrize(("input_hash", "version"), [("other", 1), (None, 2)])
def test_a_report_of_another_input_or_version_does_not_count(tmp_path, input_hash, version):
    run = run_rows(tmp_path, USER)
    digest = input_hash or run.report.input_hash
    assert load_report(run.targets.report_json, input_hash=digest, pipeline_version=version) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}"])
def test_anything_else_does_not_count(tmp_path, content):
    path = tmp_path / "validation.json"
    path.write_bytes(content)
    assert load_report(path, input_hash="x", pipeline_version=1) is None
    assert load_report(tmp_path / "none.json", input_hash="x", pipeline_version=1) is None
