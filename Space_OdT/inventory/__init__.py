"""The read-only inventory (V1): a manifest of reads, and the machinery that exports them."""
