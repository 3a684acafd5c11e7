"""What to do about each problem code, in both languages; a test keeps the table complete.

Beside `problems` and not in it: a client decides by code and status, people read this.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_VOCABULARY = ("Take a code from GET /vocabulary.", "请使用 GET /vocabulary 所列代码。")
_TOKENIZE = (
    "Make tokens with the client or aif-share; never send the value itself or a plain hash of it.",
    "请用客户端或 aif-share 生成令牌；切勿发送原始值或其无密钥哈希。",
)
_NEW_KEY = ("Register a new key, and revoke the old one if it leaked.", "请登记新的密钥；如旧密钥已泄露，请将其吊销。")
_ALLIANCE = ("Ask the alliance's operator.", "请联系联盟运营人员。")
_ADMINISTRATOR = ("Ask your administrator.", "请联系本机构管理员。")
_AGAIN = ("Read it again, then decide anew.", "请重新读取，再作决定。")
_LATER = ("Send the same request again after Retry-After.", "请在 Retry-After 所示时间后重发同一请求。")
_ROW = ("Correct the row and send it again.", "请更正该行后重新发送。")
_TIME = ("Send a time in UTC such as 2026-11-01T08:00:00Z, not in the future.", "请发送形如 2026-11-01T08:00:00Z 的 UTC 时间，且不得晚于当前时间。")  # fmt: skip

_ROWS: Final[dict[str, tuple[str, str]]] = {
    "malformed": ("Send one JSON document: no name twice, no NaN, no deep nesting, the whole body.", "请发送单个 JSON 文档：字段名不重复、无 NaN、嵌套不过深、内容完整。"),
    "charset": ("Send UTF-8 without a byte order mark.", "请发送不带 BOM 的 UTF-8 文本。"),
    "unknown-field": ("Leave the field out, or correct its name.", "请去掉该字段或更正字段名。"),
    "field-missing": ("Add the field that `field` names.", "请补充 `field` 所指字段。"),
    "field-invalid": ("Correct the field that `field` names; the schema says what it takes.", "请更正 `field` 所指字段；取值要求见接口文档。"),
    "cursor-invalid": ("Start again without a cursor; take cursors from `next` only.", "请不带游标重新开始；游标只能取自 `next`。"),
    "media-type": ("Send the Content-Type of the operation, without Content-Encoding.", "请使用该操作要求的 Content-Type，且不要使用 Content-Encoding。"),
    "not-acceptable": ("Send Accept: application/json, or a type that the operation lists.", "请发送 Accept: application/json，或该操作列出的类型。"),
    "too-large": ("Send smaller pieces; `limit` says how large one may be.", "请分批发送；上限见 `limit`。"),
    "empty": ("Send at least one.", "请至少发送一条。"),
    "unauthenticated": ("Send Authorization: Bearer with the bearer derived for this server, not the secret itself.", "请发送为本服务器派生的 Bearer 凭证，而非密钥本身。"),
    "key-expired": _NEW_KEY,
    "key-revoked": _NEW_KEY,
    "address-refused": ("Call from one of the key's networks, or register a key for this one.", "请从密钥允许的网络调用，或为当前网络登记新密钥。"),
    "scope-missing": ("Use a key that has the scope in `scope`.", "请使用具有 `scope` 所示权限的密钥。"),
    "permission-missing": _ADMINISTRATOR,
    "second-factor-missing": ("Log in to the portal and add one.", "请登录门户并添加第二验证因素。"),
    "second-factor-stale": ("Open /portal/confirm in the browser, then send it again.", "请在浏览器中打开 /portal/confirm 完成验证后重新发送。"),
    "institution-suspended": _ALLIANCE,
    "screening-suspended": (
        "GET /me says why; tell the alliance what the questions were for, and ask again once it is released.",
        "通过 GET /me 查看原因；向联盟说明查询用途，恢复后再查询。",
    ),
    "institution-not-live": _ALLIANCE,
    "four-eyes": ("Let another person decide.", "请由另一人作出决定。"),
    "approval-missing": ("Wait until somebody else has approved it, then do it again.", "请等待另一人批准后再次操作。"),
    "not-found": ("Check the address and the reference. What belongs to others is not found either.", "请检查地址与编号；不属于本机构的内容同样显示未找到。"),
    "method-not-allowed": ("Use a method that Allow names.", "请使用 Allow 所列方法。"),
    "precondition-required": ("Send If-Match with the ETag of what you read.", "请发送 If-Match，取值为读取时得到的 ETag。"),
    "version-changed": _AGAIN,
    "log-differs": ("Keep your checkpoint: it is the evidence. Tell the alliance and other members by another way.", "请保存您的检查点，它就是证据；并通过其他途径告知联盟与其他成员。"),
    "quota-exhausted": ("Go on after 00:00 UTC, or ask the alliance for more.", "请在 UTC 零点后继续，或向联盟申请提高配额。"),
    "too-many-requests": ("Wait as long as Retry-After says; send fewer requests with more in each.", "请按 Retry-After 等待；减少请求次数，增加单次数量。"),
    "idempotency-key-missing": ("Send an Idempotency-Key, fresh for each new request.", "请发送 Idempotency-Key；每个新请求使用新的值。"),
    "idempotency-key-invalid": ("Use 1 to 255 printable ASCII characters, such as a UUID.", "请使用 1 至 255 个可打印 ASCII 字符，例如 UUID。"),
    "idempotency-conflict": ("Use a fresh key for another request.", "不同的请求请使用新的幂等键。"),
    "idempotency-busy": ("Send the same request again in a few seconds.", "请在数秒后重发同一请求。"),
    "raw-identifier": _TOKENIZE,
    "unkeyed-hash": _TOKENIZE,
    "token-malformed": _TOKENIZE,
    "type-unknown": ("Take a code of the list `identifier-types` of GET /vocabulary.", "请使用 GET /vocabulary 中 `identifier-types` 的代码。"),
    "epoch-unknown": ("Send the epoch of the key directory as a number from 1.", "请发送密钥目录中的周期编号（从 1 起的整数）。"),
    "batch-rejected": (
        "Read the alliance's reason on the batch, talk to it, correct the file and send it again.",
        "请查看联盟对该批次给出的理由，与联盟沟通并更正后重新提交。",
    ),
    "row-quarantined": (
        "Send nothing: the alliance knows, repairs what fails, and tries the row again. Then its outcome changes.",
        "无需重新发送：联盟已获知，修复后会重新处理该行，届时处理结果随之更新。",
    ),
    "evidence-stale": (
        "Correct `evidence_sha256` to the digest of the new file, then extend it; or let it expire.",
        "请先将 `evidence_sha256` 更正为新证据的摘要，再延期；或任其到期。",
    ),
    "epoch-retired": ("Fetch the directory anew and make the tokens again.", "请重新获取密钥目录并重新生成令牌。"),
    "element-invalid": ("Blind the value anew; `index` says which one it is.", "请对该值重新盲化；位置见 `index`。"),
    "identifier-invalid": ("Correct the value or its type; it was not sent to us.", "请更正取值或类型；该值并未发送给平台。"),
    "client-ref-invalid": ("Use 1 to 64 letters, digits and . _ : / + = @ -.", "请使用 1 至 64 个字母、数字及 . _ : / + = @ -。"),
    "client-ref-reused": ("Correct the clue by PATCH /clues, or give the new one a new client_ref.", "请用 PATCH /clues 更正原线索，或为新线索使用新的 client_ref。"),
    "category-unknown": _VOCABULARY,
    "grade-unknown": _VOCABULARY,
    "channel-unknown": _VOCABULARY,
    "level-unknown": _VOCABULARY,
    "indicator-unknown": _VOCABULARY,
    "indicator-missing": ("Add an indicator that you can show, or grade the clue C.", "请补充有据可查的识别指标，或将线索定为 C 级。"),
    "indicator-blocks": ("Do not submit this person; if the indicator is wrong, correct it.", "请勿上报此人；如指标有误请更正。"),
    "role-unknown": _VOCABULARY,
    "region-unknown": _VOCABULARY,
    "tlp-unknown": _VOCABULARY,
    "basis-invalid": ("Send a code of lower-case letters, digits and hyphens, or none.", "请发送由小写字母、数字和连字符组成的代码，或不填。"),
    "purpose-unknown": _VOCABULARY,
    "case-ref-invalid": ("Use 1 to 64 letters, digits and . _ : / # -.", "请使用 1 至 64 个字母、数字及 . _ : / # -。"),
    "amount-invalid": ("Send text such as \"1000.00\".", "请发送形如 \"1000.00\" 的文本。"),
    "observed-at-invalid": _TIME,
    "evidence-digest-invalid": ("Send the SHA-256 of the evidence as 64 hexadecimal digits.", "请发送证据的 SHA-256（64 位十六进制）。"),
    "consumer-contacted-invalid": _VOCABULARY,
    "consumer-contacted-missing": ("Contact the consumer and fill it, or grade the clue C.", "请联系消费者本人后填写，或将线索定为 C 级。"),
    "crime-indicator-invalid": ("Send true or false.", "请发送 true 或 false。"),
    "identifiers-missing": _ROW,
    "identifiers-too-many": ("Send 20 identifiers at most; make more clues.", "每条线索最多 20 个标识；请拆分为多条线索。"),
    "identifier-repeated": _ROW,
    "row-malformed": _ROW,
    "batch-unfinished": ("Ask again when the batch is done, or take the pages of JSON.", "请在批次处理完成后再取，或按页读取 JSON。"),
    "batch-held": ("Wait for the alliance's decision.", "请等待联盟审核。"),
    "key-malformed": ("Use 8 characters a-z and 0-9, as `aif-share keys new` makes them.", "请使用 8 个小写字母或数字，由 `aif-share keys new` 生成。"),
    "verifier-malformed": ("Send 64 lower-case hexadecimal digits, as `aif-share keys verifier` prints them.", "请发送 64 位小写十六进制，由 `aif-share keys verifier` 输出。"),
    "key-limit": ("Revoke one of the two live keys of this kind first.", "请先吊销两个同类有效密钥之一。"),
    "key-id-taken": ("Make a new key.", "请重新生成密钥。"),
    "name-taken": ("Choose another name.", "请换用其他名称。"),
    "sector-unknown": _VOCABULARY,
    "not-the-lead": ("Leave it to the institution that leads the case, or ask the alliance for the lead.", "请由专案牵头单位操作，或向联盟申请牵头。"),
    "transition-refused": _AGAIN,
    "case-incomplete": ("Let every party approve its part and the alliance approve the case first.", "请先由各方复核本机构材料，并由联盟批准专案。"),
    "clue-withdrawn": ("Return the case, so that its party takes the clue out of its part.", "请将专案退回，由相关单位从其材料中移除该线索。"),
    "package-outdated": ("Ask for a new package.", "请重新制作材料包。"),
    "signer-missing": _ALLIANCE,
    "kek-missing": _ALLIANCE,
    "integrity-failed": ("Do not use what you have of it; the alliance has been alarmed and restores it from a backup.", "请勿使用已取得的内容；联盟已收到警报，将从备份恢复。"),
    "evidence-destroyed": ("Only its record and the chain of custody are left.", "仅保留其登记信息与保管链记录。"),
    "legal-hold": ("Let the legal hold be lifted first.", "请先解除法律保全。"),
    "upload-busy": ("Wait until it is received, ask where the upload stands, then go on.", "请等待其接收完毕，查询上传进度后继续。"),
    "upload-offset": ("Go on from `offset`.", "请从 `offset` 处继续上传。"),
    "upload-incomplete": ("Send the bytes from `offset` on, then finish.", "请从 `offset` 处补传后再完成上传。"),
    "media-refused": ("Send a file of the list in the vocabulary, under its own type and extension.", "请上传词汇表所列类型的文件，类型与扩展名须与内容一致。"),
    "archive-refused": ("Send a ZIP of plain files: no archive in it, nothing encrypted, no strange names.", "请上传仅含普通文件的 ZIP：不得嵌套压缩包、加密或使用异常文件名。"),
    "digest-differs": ("Check the file and send it again as a new upload.", "请核对文件，并作为新的上传重新发送。"),
    "file-name-refused": ("Give the file a plain name without folders and control characters.", "请使用不含路径与控制字符的普通文件名。"),
    "confirmation-missing": ("Confirm it only if the value belongs to what you report and may be handed to the authority.", "仅在该原值属于本单位陈述内容且可以移交有权机关时确认。"),
    "conflict": _AGAIN,
    "sector-refused": ("Record a measure that institutions of your sector take; the vocabulary lists the sectors of each.", "请登记本行业可采取的措施；各措施适用行业见词表。"),
    "already-listed": ("Nothing to do: the value waits for a decision or stands on the feed.", "无需操作：该值正在等待审核或已在清单中。"),
    "link-refused": ("Paste the whole public address alone; `detail` says what is wrong with it.", "请粘贴完整的公开网址；问题见 `detail`。"),
    "document-missing": ("Add `document_no`, the number of the authority's document.", "请补充 `document_no`（有权机关文书编号）。"),
    "lawful-use-unresolved": ("Ask for another purpose only if it is the true one; else ask the alliance to clear this use.", "仅在确属其他用途时更换用途；否则请联盟明确该用途。"),
    "rules-invalid": ("Correct the line that the answer names.", "请更正提示所指的行。"),
    "webhook-url-refused": ("Use https on port 443 at a public address without user information.", "请使用公网地址的 https（443 端口），且不含用户信息。"),
    "webhook-limit": ("Delete a webhook that is not needed any more.", "请删除不再使用的回调。"),
    "queue-full": _LATER,
    "directory-missing": _LATER,
    "unavailable": _LATER,
    "internal": ("Send the same request again; if it stays, tell us its X-Request-ID.", "请重发同一请求；如仍失败，请告知 X-Request-ID。"),
}  # fmt: skip

ADVICE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(_ROWS)
"""Read-only: code -> (English, Chinese)."""
