"""What the consumer said when the institution asked about the complaint made in their name."""

from .term import Term, by_code

ROWS = (
    Term("confirmed-authority", "本人确认授权", "Confirmed the authority"),
    Term("did-not-know", "本人不知情", "Did not know of it"),
    Term("refused", "本人拒绝沟通", "Refused to talk"),
    Term("unreachable", "无法联系本人", "Could not be reached"),
)
BY_CODE = by_code(ROWS)
