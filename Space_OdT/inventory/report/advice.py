"""What went wrong in a run, grouped by the repair and not by the artifact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.inventory.report.coverage import ArtifactCoverage
from Space_OdT.inventory.report.status_lines import Coverage
from Space_OdT.inventory.report.texts import Texts

_NAMED_ARTIFACTS = 6


class Severity(StrEnum):
    """How much a notice matters."""

    ERROR = "error"
    WARNING = "warning"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know or to repair.

    Attributes:
        severity: Error, warning, or all is well.
        title: What to do, or what happened.
        body: Which artifacts, and the next step.
        examples: Error texts, as Webex or the network gave them.
        items: What it is about, one by one: a technical name, and what to know of it.
    """

    severity: Severity
    title: str
    body: str
    examples: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()


def advise(covered: Sequence[ArtifactCoverage], text: Texts) -> tuple[Notice, ...]:
    """Group the troubles of a run by what repairs them.

    Args:
        covered: All artifacts of the run.
        text: The sentences.

    Returns:
        The notices, most severe first; a single good one when nothing needs attention.
    """
    if not any(artifact.lines for artifact in covered):
        title, body = text("attention_nothing"), text("attention_nothing_body")
        return (Notice(Severity.ERROR, title, body),)
    of_their_own = [artifact for artifact in covered if not artifact.lacks_its_source]
    notices = (
        *_scopes(of_their_own, text),
        *_failures(of_their_own, text),
        *_partial(of_their_own, text),
        *_consequences(covered, text),
    )
    if notices:
        return notices
    return (Notice(Severity.FINE, text("attention_fine"), text("attention_fine_body")),)


def _scopes(covered: Iterable[ArtifactCoverage], text: Texts) -> list[Notice]:
    refused = [a for a in covered if a.coverage is Coverage.FORBIDDEN or a.missing_scopes]
    nameless = [artifact for artifact in refused if not artifact.missing_scopes]
    by_scope: dict[str, list[ArtifactCoverage]] = {}
    for artifact in refused:
        for scope in artifact.missing_scopes:
            by_scope.setdefault(scope, []).append(artifact)
    notices = [_missing_scopes(by_scope, text)] if by_scope else []
    if nameless:
        body = text("attention_forbidden_body", artifacts=_names(nameless, text))
        title = text("attention_forbidden")
        notices.append(Notice(Severity.ERROR, title, body, _examples(nameless)))
    return notices


def _missing_scopes(by_scope: dict[str, list[ArtifactCoverage]], text: Texts) -> Notice:
    scopes = sorted(by_scope)
    items = tuple((scope, _names(by_scope[scope], text)) for scope in scopes)
    if len(scopes) == 1:
        title, body = text("attention_scope", scope=scopes[0]), text("attention_scope_body")
    else:
        title = text("attention_scopes", count=len(scopes))
        body = text("attention_scopes_body", scopes=", ".join(scopes))
    return Notice(Severity.ERROR, title, body, items=items)


def _failures(covered: Iterable[ArtifactCoverage], text: Texts) -> list[Notice]:
    groups = _by_reason((a for a in covered if a.coverage is Coverage.FAILED), text)
    return [
        Notice(
            Severity.ERROR,
            text("attention_failed", reason=reason),
            text("attention_failed_body", artifacts=_names(artifacts, text)),
            _examples(artifacts),
        )
        for reason, artifacts in groups.items()
    ]


def _partial(covered: Iterable[ArtifactCoverage], text: Texts) -> list[Notice]:
    in_part = (a for a in covered if a.coverage is Coverage.PARTIAL and not a.missing_scopes)
    return [
        Notice(
            Severity.WARNING,
            text("attention_partial", reason=reason),
            text("attention_partial_body", artifacts=_names(artifacts, text)),
            _examples(artifacts),
        )
        for reason, artifacts in _by_reason(in_part, text).items()
    ]


def _consequences(covered: Iterable[ArtifactCoverage], text: Texts) -> list[Notice]:
    waiting = [artifact for artifact in covered if artifact.lacks_its_source]
    if not waiting:
        return []
    body = text("attention_source_body", artifacts=_names(waiting, text))
    return [Notice(Severity.WARNING, text("attention_source"), body)]


def _by_reason(
    artifacts: Iterable[ArtifactCoverage], text: Texts
) -> dict[str, list[ArtifactCoverage]]:
    groups: dict[str, list[ArtifactCoverage]] = {}
    for artifact in artifacts:
        statuses = ", ".join(text("reason_http", status=code) for code in artifact.http_statuses)
        groups.setdefault(statuses or text("reason_none"), []).append(artifact)
    return dict(sorted(groups.items()))


def _names(artifacts: Sequence[ArtifactCoverage], text: Texts) -> str:
    names = [artifact.info.name for artifact in artifacts]
    if len(names) > _NAMED_ARTIFACTS + 1:
        rest = text("and_more", count=len(names) - _NAMED_ARTIFACTS)
        names = [*names[:_NAMED_ARTIFACTS], rest]
    return ", ".join(names)


def _examples(artifacts: Iterable[ArtifactCoverage]) -> tuple[str, ...]:
    texts = dict.fromkeys(error for artifact in artifacts for error in artifact.errors)
    return tuple(texts)[:3]
