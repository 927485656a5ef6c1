"""What a run leaves to be read afterwards: a JSON-lines log and, if wanted, an HTTP archive."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import orjson
import structlog

from Space_OdT.webex.answers import Response
from Space_OdT.webex.har import HarEntry, HarWriter
from Space_OdT.webex.redaction import (
    mask_spellings,
    redact_body,
    redact_headers,
    redact_text,
    redact_url,
    secret_spellings,
)

if TYPE_CHECKING:
    from Space_OdT.webex.calls import Call

MAX_BODY_CHARACTERS = 64 * 1024
MAX_PARSED_BYTES = 4 << 20
_NO_ANSWER = 0

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Evidence:
    """Log and archive of one run. Everything is redacted here, before it is written.

    A disk that takes no more must not end a run whose work goes on: the first failure to write
    is told to `on_trouble`, kept in `troubles`, and that file is left alone from then on.

    Args:
        log_path: JSON-lines file, appended to; None writes no log.
        har_path: HTTP archive, appended to; None records no exchanges.
        secrets: Values that must never be written, whatever they stand in.
        level: Least level of events to write: debug, info, warning or error.
        on_trouble: Told once per file that can no longer be written.
        clock: The present.

    Raises:
        OSError: When a file cannot be opened at all.
    """

    def __init__(
        self,
        log_path: Path | None = None,
        har_path: Path | None = None,
        *,
        secrets: Iterable[str] = (),
        level: str = "info",
        on_trouble: Callable[[str], None] | None = None,
        clock: Clock = _now,
    ) -> None:
        self.troubles: list[str] = []
        self._secrets = tuple(secret for secret in secrets if secret)
        self._spellings = secret_spellings(self._secrets)
        self._on_trouble = on_trouble
        self._clock = clock
        self._log_file = None if log_path is None else _open_log(log_path)
        self._har = None if har_path is None else HarWriter(har_path)
        self._logs_calls = level == "debug" and self._log_file is not None
        self._logger: Any = structlog.wrap_logger(
            _Lines(self._write_line),
            processors=[
                structlog.processors.add_log_level,
                self._stamp,
                self._redact,
                structlog.processors.JSONRenderer(serializer=_to_json),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.getLevelNamesMapping()[level.upper()]
            ),
            context_class=dict,
            cache_logger_on_first_use=True,
        )

    @property
    def records_exchanges(self) -> bool:
        """Whether `exchange` has anything to do."""
        return self._har is not None or self._logs_calls

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def event(self, name: str, /, *, level: str = "info", **facts: Any) -> None:
        """Write one event to the log.

        Args:
            name: What happened, in snake case.
            level: debug, info, warning or error.
            **facts: JSON values that belong to it.
        """
        if self._log_file is not None:
            getattr(self._logger, level)(name, **facts)

    def pacing_event(self, name: str, /, **facts: Any) -> None:
        """Write what the pacer learned; the single refusals are in the log already.

        Args:
            name: `cut`, `shut`, `reopened` or `rate`; `throttled` is left out.
            **facts: What the pacer says about it.
        """
        if name != "throttled":
            self.event(f"pace_{name}", level="debug" if name == "rate" else "info", **facts)

    def exchange(
        self, call: Call, response: Response | None, seconds: float, reason: str = ""
    ) -> None:
        """Record one request and its answer.

        Args:
            call: The call, with the headers just sent.
            response: The answer, None when there was none.
            seconds: Time it took.
            reason: Why there was no answer.
        """
        if self._logs_calls:
            self.event(
                "call",
                level="debug",
                method=call.method,
                url=str(call.url),
                status=response.status if response else None,
                seconds=round(seconds, 4),
                bytes=len(response.raw) if response else 0,
                tracking_id=call.headers.get("TrackingID"),
                server_tracking_id=response.tracking_id if response else None,
                reason=reason,
            )
        if self._har is None:
            return
        try:
            self._har.add(self._entry(call, response, seconds, reason), self._spellings)
            if self._har.is_full:
                self._give_up_har("is full")
        except OSError as error:
            self._give_up_har(f"cannot be written: {error.strerror or error}")

    def close(self) -> None:
        """Close both files; calling it again does nothing."""
        if self._log_file is not None:
            log, self._log_file = self._log_file, None
            self._tolerate(log.close, "the log")
        if self._har is not None:
            har, self._har = self._har, None
            self._tolerate(har.close, str(har.path))

    # -- the log ---------------------------------------------------------------------------

    def _stamp(self, _: Any, __: str, event: structlog.typing.EventDict) -> dict[str, Any]:
        moment = self._clock().isoformat(timespec="milliseconds")
        first = {"timestamp": moment, "level": event["level"], "event": event["event"]}
        return {**first, **event}

    def _redact(self, _: Any, __: str, event: structlog.typing.EventDict) -> dict[str, Any]:
        return {name: self._redacted(name, value) for name, value in event.items()}

    def _redacted(self, name: str, value: Any) -> Any:
        if name == "url":
            return redact_url(str(value), self._secrets)
        return redact_body(value, self._secrets, key=name)

    def _write_line(self, line: str) -> None:
        file = self._log_file
        if file is None:
            return
        try:
            file.write(mask_spellings(line, self._spellings).encode() + b"\n")
            file.flush()
        except OSError as error:
            self._log_file = None
            with contextlib.suppress(OSError):  # it would only say the same again
                file.close()
            self._trouble(f"The log cannot be written any more: {error.strerror or error}")

    # -- the archive -----------------------------------------------------------------------

    def _entry(
        self, call: Call, response: Response | None, seconds: float, reason: str
    ) -> HarEntry:
        headers = dict(response.headers) if response else {}
        return HarEntry(
            ended_at=self._clock(),
            seconds=seconds,
            method=call.method,
            url=redact_url(str(call.url), self._secrets),
            request_headers=redact_headers(call.headers, self._secrets),
            request_body=None if call.data is None else self._body(call.data, ""),
            status=response.status if response else _NO_ANSWER,
            response_headers=redact_headers(headers, self._secrets),
            response_body=self._body(response.raw, _type(headers)) if response else "",
            response_size=len(response.raw) if response else 0,
            content_type=_type(headers),
            comment=redact_text(reason, self._secrets),
        )

    def _body(self, raw: bytes, content_type: str) -> str:
        """Redact a body and cut it; what cannot be read cannot be redacted, so it is not kept."""
        if not raw:
            return ""
        if len(raw) > MAX_PARSED_BYTES:
            return f"({len(raw)} bytes, not kept)"
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            if "html" not in content_type and "text/plain" not in content_type:
                return f"({len(raw)} bytes of {content_type or 'unknown type'}, not kept)"
            text = redact_text(raw.decode("utf-8", "replace"), self._secrets)
        else:
            text = _to_json(redact_body(value, self._secrets))
        if len(text) <= MAX_BODY_CHARACTERS:
            return text
        return f"{text[:MAX_BODY_CHARACTERS]} ({len(text)} characters, cut)"

    def _give_up_har(self, why: str) -> None:
        har, self._har = self._har, None
        if har is not None:
            self._tolerate(har.close, str(har.path))
            self._trouble(f"The HTTP archive {why}; the run goes on without it")

    # -- trouble ---------------------------------------------------------------------------

    def _tolerate(self, close: Callable[[], None], what: str) -> None:
        try:
            close()
        except OSError as error:
            self._trouble(f"{what} could not be closed: {error.strerror or error}")

    def _trouble(self, text: str) -> None:
        if text in self.troubles:
            return
        self.troubles.append(text)
        self.event("evidence_trouble", level="error", problem=text)
        if self._on_trouble is not None:
            self._on_trouble(text)


class _Lines:
    """What structlog calls with a rendered line, whatever its level."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.debug = self.info = self.warning = self.error = write


def _open_log(path: Path) -> BinaryIO:
    """Open for appending, for the owner alone; a line torn by a crash is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    file = os.fdopen(descriptor, "a+b")
    if file.seek(0, os.SEEK_END):
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")
            file.flush()
    return file


def _type(headers: dict[str, str]) -> str:
    return headers.get("Content-Type", "")


def _to_json(value: Any, **_: Any) -> str:
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # names of files may hold bytes that are no text
        return json.dumps(value, default=str)
