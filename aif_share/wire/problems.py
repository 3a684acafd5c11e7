"""Every problem code with its HTTP status and titles: the server answers from this table, the client explains by it.

RFC 9457 `application/problem+json`, with the stable `code` as an own member. A code once published keeps its
meaning; rows are added, not changed. Row codes of a batch (`refused` rows in its results) stand here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:aif-share:problem:"
"""`type` of a problem is this and its code: a name, not an address that has to answer."""


class Problem(NamedTuple):
    """One row: HTTP status, English title, Chinese title."""

    status: int
    title_en: str
    title_zh: str


_ROWS: Final[dict[str, Problem]] = {
    # framing
    "malformed": Problem(400, "The request cannot be read", "请求无法解析"),
    "charset": Problem(400, "The text is not UTF-8", "文本不是 UTF-8 编码"),
    "unknown-field": Problem(400, "Unknown field", "存在未知字段"),
    "field-missing": Problem(400, "A required field is missing", "缺少必填字段"),
    "field-invalid": Problem(422, "A field has a wrong value", "字段取值不正确"),
    "cursor-invalid": Problem(400, "The cursor is not valid", "分页游标无效"),
    "media-type": Problem(415, "This content type is not read here", "不支持的内容类型"),
    "not-acceptable": Problem(406, "Only JSON is answered here", "仅提供 JSON 格式"),
    "too-large": Problem(413, "The request is too large", "请求过大"),
    "empty": Problem(400, "The list is empty", "列表为空"),
    # who
    "unauthenticated": Problem(401, "The key is not accepted", "密钥未被接受"),
    "key-expired": Problem(401, "The key is expired or not yet valid", "密钥已过期或尚未生效"),
    "key-revoked": Problem(401, "The key is revoked", "密钥已吊销"),
    "address-refused": Problem(401, "This key is not used from here", "此地址不允许使用该密钥"),
    "scope-missing": Problem(403, "The key lacks the scope for this", "密钥缺少相应权限"),
    "permission-missing": Problem(403, "Your role may not do this", "您的角色无此权限"),
    "second-factor-missing": Problem(403, "A second factor has to be added first", "须先添加第二验证因素"),
    "second-factor-stale": Problem(403, "The second factor has to be shown again", "须再次进行二次验证"),
    "institution-suspended": Problem(403, "The institution is suspended", "机构已被暂停"),
    "screening-suspended": Problem(403, "Screening is suspended", "筛查已被暂停"),
    "institution-not-live": Problem(403, "The institution is not live", "机构尚未启用"),
    "four-eyes": Problem(403, "A second person has to decide this", "须由另一人复核"),
    "approval-missing": Problem(403, "A second person has to approve this first", "须先经另一人批准"),
    # where
    "not-found": Problem(404, "Not found", "未找到"),
    "method-not-allowed": Problem(405, "This method is not allowed here", "不允许使用该方法"),
    # versions
    "precondition-required": Problem(428, "If-Match is required", "缺少 If-Match"),
    "log-differs": Problem(409, "The log shown to you is another one", "向您出示的日志与此处的不一致"),
    "version-changed": Problem(412, "It was changed meanwhile", "内容已有更新的版本"),
    # how often
    "quota-exhausted": Problem(429, "The day's quota is used up", "当日配额已用完"),
    "too-many-requests": Problem(429, "Too many requests", "请求过于频繁"),
    # repeating
    "idempotency-key-missing": Problem(400, "Idempotency-Key is required", "缺少 Idempotency-Key"),
    "idempotency-key-invalid": Problem(400, "Idempotency-Key is not valid", "Idempotency-Key 无效"),
    "idempotency-conflict": Problem(409, "The same key came with another body", "相同的幂等键对应不同内容"),
    "idempotency-busy": Problem(409, "The first request with this key still runs", "相同幂等键的首个请求仍在处理"),
    # tokens
    "raw-identifier": Problem(422, "A raw identifier stands where a token belongs", "此处应为令牌，却出现原始标识"),
    "unkeyed-hash": Problem(422, "An unkeyed hash stands where a token belongs", "此处应为令牌，却出现无密钥哈希"),
    "token-malformed": Problem(422, "The token is malformed", "令牌格式不正确"),
    "type-unknown": Problem(422, "Unknown identifier type", "未知的标识类型"),
    "epoch-unknown": Problem(422, "Not an epoch", "密钥周期格式不正确"),
    "batch-rejected": Problem(422, "The alliance rejected the batch", "联盟未放行该批次"),
    "row-quarantined": Problem(503, "The row is set aside on our side", "该行在平台侧被隔离"),
    "evidence-stale": Problem(409, "Fresh evidence is needed to extend it again", "再次延期须有新证据"),
    "epoch-retired": Problem(422, "The epoch is not in force", "密钥周期已停用或尚未启用"),
    "element-invalid": Problem(422, "An element is not valid", "群元素无效"),
    "confirmation-missing": Problem(422, "The confirmation is missing", "缺少确认"),
    "identifier-invalid": Problem(422, "The value does not fit its type", "取值与类型不符"),
    # clues
    "client-ref-invalid": Problem(422, "client_ref is not valid", "client_ref 无效"),
    "client-ref-reused": Problem(409, "client_ref was used for other content", "client_ref 已用于其他内容"),
    "category-unknown": Problem(422, "Unknown category", "未知的类别"),
    "grade-unknown": Problem(422, "Unknown grade", "未知的证据等级"),
    "channel-unknown": Problem(422, "Unknown channel", "未知的渠道"),
    "level-unknown": Problem(422, "Unknown level", "未知的风险级别"),
    "indicator-unknown": Problem(422, "Unknown indicator", "未知的指标"),
    "indicator-missing": Problem(422, "A rights claim needs an indicator", "维权类线索须有识别指标"),
    "indicator-blocks": Problem(422, "An indicator says it is no gray industry", "所填指标表明不属于黑灰产"),
    "role-unknown": Problem(422, "Unknown role of an identifier", "未知的标识角色"),
    "region-unknown": Problem(422, "Unknown region", "未知的地区"),
    "tlp-unknown": Problem(422, "Unknown TLP label", "未知的 TLP 标记"),
    "basis-invalid": Problem(422, "basis is a code, not free text", "basis 须为代码，不得为自由文本"),
    "purpose-unknown": Problem(422, "Unknown purpose", "未知的用途"),
    "case-ref-invalid": Problem(422, "case_ref is not valid", "case_ref 无效"),
    "amount-invalid": Problem(422, "The amount is not valid", "金额无效"),
    "observed-at-invalid": Problem(422, "The time is not valid", "时间无效"),
    "evidence-digest-invalid": Problem(422, "The evidence digest is not valid", "证据摘要无效"),
    "consumer-contacted-invalid": Problem(422, "consumer_contacted is not valid", "consumer_contacted 无效"),
    "consumer-contacted-missing": Problem(
        422, "A rights claim needs consumer_contacted", "维权类线索须填 consumer_contacted"
    ),
    "crime-indicator-invalid": Problem(422, "crime_indicator is not valid", "crime_indicator 无效"),
    "identifiers-missing": Problem(422, "A clue needs an identifier", "线索缺少标识"),
    "identifiers-too-many": Problem(422, "Too many identifiers", "标识数量过多"),
    "identifier-repeated": Problem(422, "The same identifier stands twice", "同一标识重复出现"),
    "row-malformed": Problem(422, "The row cannot be read", "该行无法解析"),
    "batch-unfinished": Problem(409, "Rows of the batch still wait", "批次中尚有待处理的行"),
    "batch-held": Problem(409, "The batch is held for review", "批次已暂缓，等待审核"),
    # keys and institutions
    "key-malformed": Problem(422, "Not a key", "密钥格式不正确"),
    "verifier-malformed": Problem(422, "Not a verifier", "校验值格式不正确"),
    "key-limit": Problem(409, "Two live keys already", "已有两个有效密钥"),
    "key-id-taken": Problem(409, "The key id is taken", "密钥编号已被占用"),
    "name-taken": Problem(409, "The name is taken", "名称已被占用"),
    "sector-unknown": Problem(422, "Unknown sector", "未知的行业"),
    # cases
    "not-the-lead": Problem(403, "The lead institution does this", "此操作由牵头单位执行"),
    "transition-refused": Problem(409, "This step is not open now", "当前状态不允许此操作"),
    "sector-refused": Problem(422, "Not a measure of your sector", "所属行业不适用该处置措施"),
    "already-listed": Problem(409, "It is listed already", "已在清单中"),
    "link-refused": Problem(422, "Not a link of public content", "不是公开内容的链接"),
    "document-missing": Problem(422, "The document number is missing", "缺少文书编号"),
    "conflict": Problem(409, "Somebody else changed this meanwhile", "内容已被他人修改"),
    # evidence
    "case-incomplete": Problem(409, "The case is not complete", "专案尚不完整"),
    "clue-withdrawn": Problem(409, "A clue in it was withdrawn or has ended", "其中的线索已撤回或失效"),
    "package-outdated": Problem(409, "The case has changed since", "专案此后有变动"),
    "signer-missing": Problem(503, "No package can be signed", "无法签名材料包"),
    "kek-missing": Problem(503, "The key that opens this is not installed", "缺少解开该内容的主密钥"),
    "integrity-failed": Problem(500, "What is stored was altered", "存储内容已被改动"),
    "evidence-destroyed": Problem(410, "It was destroyed", "内容已销毁"),
    "legal-hold": Problem(409, "It is under legal hold", "处于法律保全状态"),
    "upload-busy": Problem(409, "Another part is being received", "另一分段正在接收"),
    "upload-offset": Problem(409, "The upload goes on elsewhere", "续传位置不一致"),
    "upload-incomplete": Problem(409, "Bytes of the upload are missing", "上传尚未完成"),
    "media-refused": Problem(415, "This kind of file is not taken", "不接受此类文件"),
    "archive-refused": Problem(422, "This archive is not taken", "不接受该压缩包"),
    "digest-differs": Problem(422, "The digest is another one", "摘要不一致"),
    "file-name-refused": Problem(422, "This file name is not taken", "不接受该文件名"),
    # what the rules of the alliance leave open
    "lawful-use-unresolved": Problem(403, "This use is not cleared", "该用途尚未获准"),
    "rules-invalid": Problem(422, "The rules cannot be read", "规则无法解析"),
    # webhooks
    "webhook-url-refused": Problem(422, "No webhook goes to this address", "不向此地址推送回调"),
    "webhook-limit": Problem(409, "No more webhooks for this institution", "回调地址数量已达上限"),
    # the server itself
    "queue-full": Problem(503, "The queue is full; try again later", "处理队列已满，请稍后重试"),
    "directory-missing": Problem(503, "No directory is published yet", "密钥目录尚未发布"),
    "unavailable": Problem(503, "Not available now; try again", "服务暂不可用，请稍后重试"),
    "internal": Problem(500, "The server failed; nothing was stored", "服务器内部错误，未保存任何内容"),
}

PROBLEMS: Final[Mapping[str, Problem]] = MappingProxyType(_ROWS)
"""Read-only: code -> Problem."""


def document(code: str, detail: str = "", **extra: Any) -> dict[str, Any]:
    """An RFC 9457 document for `code`; `extra` are further public members. KeyError for a code without a row."""
    row = PROBLEMS[code]
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": row.title_en,
        "status": row.status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    return body | extra
