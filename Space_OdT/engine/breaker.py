"""Circuit breaker: one cause that fails most of a batch would fail the rest of the run too."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from Space_OdT.engine.models import Batch, Outcome, RowStatus
from Space_OdT.webex.error_handling import ReasonCode

# Term sheet of the bulk bot, v1.1, section 11.
FATAL_REASONS = frozenset(
    {ReasonCode.NON_RETRYABLE_EXTERNAL, ReasonCode.AUTH_INVALID, ReasonCode.PERMISSION_DENIED}
)
# A handful of wrong rows is no outage: a run over a small file could otherwise never get past
# the one row whose data is refused. A smaller batch size lowers the number with it.
LEAST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a batch has failed as a whole.

    Attributes:
        threshold: Share of the batch's rows.
        batch_size: Rows of a full batch.
    """

    threshold: float
    batch_size: int

    def limit(self, rows: int) -> int:
        """Tell how many failures trip the breaker.

        Args:
            rows: Rows of the batch.

        Returns:
            The number of failed rows, at least one.
        """
        share = math.ceil(self.threshold * rows - 1e-9)
        return max(1, share, min(LEAST_FAILURES, self.batch_size))


@dataclass(slots=True)
class BatchProgress:
    """How far a batch is.

    Attributes:
        batch: The batch.
        policy: When it has failed as a whole.
        counts: Outcomes so far: `success`, or the reason -> rows.
    """

    batch: Batch
    policy: BreakerPolicy
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        """Rows of this pass that have an outcome."""
        return self.counts.total()

    @property
    def is_complete(self) -> bool:
        """True when every row to run has an outcome."""
        return self.settled == len(self.batch.rows)

    @property
    def fatal(self) -> int:
        """Rows that failed for good, as far as the breaker counts them."""
        return sum(self.counts[reason.value] for reason in FATAL_REASONS)

    @property
    def has_tripped(self) -> bool:
        """True when the share of failures is reached."""
        return self.fatal >= self._limit

    @property
    def can_trip(self) -> bool:
        """True while the rows still open could reach the share."""
        return self.fatal + len(self.batch.rows) - self.settled >= self._limit

    @property
    def _limit(self) -> int:
        return self.policy.limit(len(self.batch.row_numbers))

    def add(self, outcome: Outcome) -> None:
        """Count one outcome.

        Args:
            outcome: How a row of this batch ended.
        """
        self.counts[outcome.reason_code or RowStatus.SUCCESS] += 1

    def shown_counts(self) -> Mapping[str, int]:
        """Give the outcomes for a log or a message.

        Returns:
            `success` and reasons -> rows, most frequent first.
        """
        return {str(name): rows for name, rows in self.counts.most_common()}
