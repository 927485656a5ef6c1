"""What follows a refusal: is the door shut, for how long, and what one whole cycle brought."""

from __future__ import annotations

from dataclasses import dataclass

from Space_OdT.webex.pacing.tuning import NEVER, TICK_SECONDS, Phase, Tuning

# Even where three calls in ten are refused by chance, this comes about once in a thousand times.
_WHOLESALE, _WHOLESALE_SHARE = 4, 0.7


@dataclass(slots=True)
class Exhaustion:
    """A moment at which the server had nothing left to give, and what followed.

    Attributes:
        first: Send time of the first refused call.
        noticed_at: When its answer came.
        peak: Calls a second that were allowed when it happened.
        phase: What the learner was doing.
        cut_at: When the rate was last cut; what comes back of calls sent before is old news.
        refused: Refused calls sent after `first`.
        taken: Answered calls sent after `first`.
        in_a_row: Refusals after the last cut or answered call.
        earliest_due: When the first of the refused calls may be sent again.
        shut_seconds: How long the door was shut in it.
        vain_tries: How often it was tried after a wait and found still shut.
    """

    first: float
    noticed_at: float
    peak: float
    phase: Phase
    cut_at: float
    earliest_due: float = NEVER
    refused: int = 0
    taken: int = 0
    in_a_row: int = 0
    shut_seconds: float = 0.0
    vain_tries: int = 0

    @property
    def others(self) -> int:
        """Calls sent after the first refused one, whose fate is known."""
        return self.refused + self.taken

    @property
    def span(self) -> float:
        """Seconds from the first refused call to the last cut."""
        return max(self.cut_at - self.first, 1e-3)

    @property
    def is_dry(self) -> bool:
        """True when next to nothing passed after the first refusal."""
        # One answer in between proves nothing: calls may overtake each other on the way.
        return self.taken <= max(1.0, 0.1 * self.others) and self.taken <= self.refused

    @property
    def is_wholesale(self) -> bool:
        """True when so many were refused in a row that no chance explains it."""
        return self.refused >= _WHOLESALE and self.refused > _WHOLESALE_SHARE * self.others

    @property
    def is_mild(self) -> bool:
        """True when most of what was sent after the first refusal passed."""
        return self.refused <= 1 + 0.25 * self.others


class Door:
    """Knocks, waits while shut, and compares what one cycle of open and shut brought.

    Attributes:
        gap: Seconds of silence after the next knock.
        is_untried: True from the reopening until a call has passed.
        is_periodic: True when the last two cycles brought the same average although the door
            was shut for another part of them: then the limit is a quota for each period.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.gap = 0.0
        self.is_untried = False
        self.is_periodic = False
        self._opened = self._tried = (0.0, 0)
        self._cycle = (0.0, 0.0)

    def begin(self, now: float, taken: int) -> None:
        """Note when sending began, and how many calls had been taken by then."""
        self._opened = (now, taken)

    def start_knocking(self, round_trip: float) -> None:
        """Set the gap before the second knock."""
        self.gap = max(self._tuning.knock_gap_seconds, round_trip)

    def stays_closed(self, last: Exhaustion, now: float) -> bool:
        """Count a refused knock; True when enough of them were refused to call it shut.

        A false alarm costs the whole Retry-After, so a longer one is knocked at for longer.
        """
        self.gap *= 2.0
        worth = self._tuning.knock_share * (last.earliest_due - last.first)
        return last.in_a_row >= self._tuning.knocks and now - last.first >= worth

    def shut(self, last: Exhaustion, now: float) -> float:
        """Return the seconds to stay away: the server's, doubled after each vain try."""
        wait = max(last.earliest_due - now, TICK_SECONDS)
        if self.is_untried:
            last.vain_tries += 1
            longest = max(wait, self._tuning.longest_shut_seconds)
            wait = min(wait * 2.0**last.vain_tries, longest)
        last.shut_seconds += wait
        return wait

    def reopen(self, last: Exhaustion, now: float, taken: int) -> float:
        """Open again; return the calls a second that the whole cycle brought."""
        opened_at, taken_then = self._opened
        average = (taken - taken_then) / max(now - opened_at, 1e-3)
        self._tried = (now, taken)
        self.is_untried = True
        average_before, shut_before = self._cycle
        self._cycle = (average, last.shut_seconds)
        alike = self._tuning.alike
        other_part = abs(last.shut_seconds - shut_before)
        self.is_periodic = abs(
            average - average_before
        ) <= alike * average and other_part > alike * max(last.shut_seconds, shut_before)
        return average

    def passed(self) -> None:
        """Note that a call passed."""
        if self.is_untried:
            self.is_untried = False
            self._opened = self._tried
