"""Why an institution keeps a measure although the ground it rested on has fallen or weakened."""

from .term import Term, by_code

ROWS = (
    Term("own-clue-stands", "本机构自有线索仍然有效", "Own clue stands"),
    Term("rest-suffices", "其余依据仍然充分", "What remains suffices"),
    Term("own-evidence", "本机构另有证据", "Own evidence of another kind"),
    Term("authority-order", "有权机关要求", "Ordered by an authority"),
    Term("contract-ground", "依据合同约定", "By contract with the customer"),
    Term("customer-request", "应客户本人要求", "At the customer's own request"),
)
BY_CODE = by_code(ROWS)
