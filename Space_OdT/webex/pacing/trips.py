"""How long answers take, and which refusals are the fault of calls that were kept on the way."""

from __future__ import annotations

from Space_OdT.webex.pacing.tuning import NEVER, Tuning


class Trips:
    """The usual round trip, and the moments at which late calls arrived in a bunch.

    When calls are kept somewhere on the way, by a busy machine or a slow network, they arrive
    all at once. A refusal then tells of the burst, and not of the rate at which they were sent.

    Attributes:
        usual: Seconds from a call to its answer; 0 before the first.

    Args:
        tuning: Constants.
    """

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        self.usual = 0.0
        self._spread = 0.0
        self._bunched_at = -NEVER
        self._excused = 0

    def answered(self, seconds: float, now: float) -> None:
        """Learn from an answer that took some seconds and came now."""
        if not self.usual:
            self.usual = seconds
            return
        off = seconds - self.usual
        if self._is_late(seconds):
            self._bunched_at = now
            weight = self._tuning.late_weight
        else:
            self._excused = 0
            weight = self._tuning.usual_weight
        self.usual += off * weight
        self._spread += (abs(off) - self._spread) * weight

    def excuse(self, sent_at: float, now: float) -> bool:
        """Tell whether a refusal that came now says nothing about the rate.

        Args:
            sent_at: When the refused call was sent.
            now: Clock seconds.

        Returns:
            True so many times in a row at most, lest a server that got slower for good is
            never listened to.
        """
        if self._is_late(now - sent_at):
            self._bunched_at = now
        is_apart = sent_at > self._bunched_at + self.usual
        if is_apart or self._excused >= self._tuning.most_excused:
            return False
        self._excused += 1
        return True

    def _is_late(self, seconds: float) -> bool:
        tuning = self._tuning
        allowed = max(
            tuning.late_seconds + tuning.late_share * self.usual,
            tuning.late_spreads * self._spread,
        )
        return self.usual > 0.0 and seconds > self.usual + allowed
