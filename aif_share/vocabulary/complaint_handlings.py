"""What the sender of a complaint referral would like to be done."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("contact-consumer", "联系消费者核实处理", "Contact the consumer"),
    Term("verify-agent", "核实代理人身份与授权", "Verify the agent and the authority"),
    Term("stop-calls", "停止外呼或拦截来电", "Stop or block the calls"),
    Term("review-fees", "复核息费并退还", "Review and refund fees"),
    Term("mediate", "组织调解", "Mediate"),
    Term("tell-result", "办理后告知结果", "Tell the result"),
)
BY_CODE = by_code(ROWS)
