"""Write docs/api/errors.md from the table of problem codes, or with --check compare it: exit 1 when they differ."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api" / "errors.md"
HEAD = """# Errors

<!-- Written by .ci/errors.py from aif_share/wire/problems.py and problem_advice.py. -->

Every error is an RFC 9457 document (`application/problem+json`) with a stable `code`; refused rows of a batch carry the same
codes. Decide by `code`: titles and details are for people, in Chinese or English by `Accept-Language`. `type` is the code as a
name (`urn:aif-share:problem:<code>`). `X-Request-ID` of the answer is what we find it by in our log. The same table is served
at `/help/problems` and, as JSON, by `GET /api/v1/problems`.

```json
{"type": "urn:aif-share:problem:scope-missing", "title": "The key lacks the scope for this", "status": 403,
 "code": "scope-missing", "detail": "Use a key that has this scope.", "scope": "screen"}
```

| code | status | meaning | what to do |
|---|---|---|---|
"""


def render() -> str:
    """Return the page."""
    sys.path.insert(0, str(ROOT))
    from aif_share.wire.problem_advice import ADVICE
    from aif_share.wire.problems import PROBLEMS

    rows = (
        f"| `{code}` | {row.status} | {row.title_en}<br>{row.title_zh} | {ADVICE[code][0]}<br>{ADVICE[code][1]} |\n"
        for code, row in PROBLEMS.items()
    )
    return HEAD + "".join(rows)


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(render(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == render():
        return 0
    print("docs/api/errors.md is not what the table says; run `python .ci/errors.py`.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
