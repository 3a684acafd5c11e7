"""Numbers both sides keep to; the contract fixes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MAX_CLUES: Final = 10_000
"""Clues in one POST of a batch."""

MAX_BODY: Final = 16 * 1024 * 1024
"""Bytes of one JSON POST to the API."""

MAX_STREAM_CLUES: Final = 1_000_000
"""Clues in one POST of a batch as NDJSON or CSV."""

MAX_STREAM_BODY: Final = 1024 * 1024 * 1024
"""Bytes of one POST of a batch as NDJSON or CSV."""

MAX_IDENTIFIERS: Final = 20
"""Identifiers of one clue."""

MAX_ELEMENTS: Final = 1_000
"""Elements of one evaluation: 124 ms of one core, 47 kB each way."""

MAX_EVALUATE_BODY: Final = 128 * 1024
"""Bytes of one evaluation request: 1,000 elements with generous white space."""

MAX_OPERATOR_BODY: Final = 64 * 1024
"""Bytes of one operator request to a custodian."""

MAX_SCREEN_TOKENS: Final = 10_000
"""Tokens of one screening."""

MAX_WATCHES: Final = 1_000
"""Tokens of one request to watch."""

MAX_WATCH_DAYS: Final = 180
"""Days a watch may last, from now on."""

DEFAULT_WATCH_DAYS: Final = 90
"""Days a watch lasts that names no end."""

MAX_NOISE_ENTRIES: Final = 1_000
"""Entries of one proposal to a noise list."""

EARLIEST_OBSERVED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The earliest `observed_at` of a clue."""

MAX_OBSERVED_AHEAD: Final = timedelta(days=1)
"""How far `observed_at` may lie ahead of the reader's clock: for clocks that differ and zones taken wrong."""

MAX_LINE: Final = 64 * 1024
"""Bytes of one line of a member's file, or of NDJSON and CSV; a longer one is refused, and nothing of it is kept."""

MAX_RAW_BYTES: Final = 8 * 1024
"""Bytes of one raw identifier before normalization."""

MAX_IDEMPOTENCY_KEY: Final = 255
"""Characters of an Idempotency-Key, each printable ASCII."""

IDEMPOTENCY_DAYS: Final = 30
"""Days a key of a compulsory Idempotency-Key is kept."""

IDEMPOTENCY_MINUTES: Final = 10
"""Minutes an optional Idempotency-Key (evaluation, screening) is kept."""

DEFAULT_EVALUATE_QUOTA: Final = 50_000
"""Elements a UTC day, at each custodian separately."""

DEFAULT_SUBMIT_QUOTA: Final = 50_000
"""Rows a UTC day, refused ones too."""

DEFAULT_SCREEN_QUOTA: Final = 2_000
"""Tokens a UTC day."""

MAX_KEY_DAYS: Final = 365
"""Days a registered key may live."""

MAX_LIVE_KEYS: Final = 2
"""Live keys of one institution and kind, so that one can be rotated; keys for browsers are a kind of their own."""
