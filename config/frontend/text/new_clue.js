// Texts of the page that reports one clue.
export default {
  "category-missing": { zh: "请选择类别。", en: "Choose a category." },
  "grade-missing": { zh: "请选择证据等级。", en: "Choose an evidence grade." },
  "observed-at-invalid": {
    zh: "时间应在 2000 年之后，且不晚于明天。",
    en: "The time lies between the year 2000 and tomorrow.",
  },
  "amount-invalid": { zh: "请填写人民币金额，最多两位小数，例如 1000.00。", en: "An amount in yuan with at most two decimals, such as 1000.00." },
  "basis-invalid": {
    zh: "依据是代码：1 至 64 个小写字母、数字和连字符，不得为自由文本。",
    en: "The basis is a code of 1 to 64 lower-case letters, digits and hyphens, not free text.",
  },
  "indicator-blocks": {
    zh: "所选指标表明这是个人行为，不属于黑灰产，因此不能作为线索提交。",
    en: "This sign says that it is an individual and not the gray industry, so it cannot be a clue.",
  },
  "indicator-missing": {
    zh: "等级高于 C 的此类线索至少需要一项识别指标；若没有，请选择 C 级。",
    en: "Above grade C this category takes at least one sign. Without any, choose grade C.",
  },
  "consumer-contacted-missing": {
    zh: "请选择联系消费者本人的结果；若尚未联系，请选择 C 级。",
    en: "Say what the consumer said. If nobody has asked yet, choose grade C.",
  },
  "identifiers-missing": { zh: "请至少填写一个标识。", en: "Give at least one identifier." },
  "identifier-repeated": { zh: "该标识已在上方填写过。", en: "This identifier stands above already." },
  "identifier-n": { zh: "标识 {n}", en: "Identifier {n}" },
  "type-unclear": { zh: "无法判断类型，请从列表中选择。", en: "The type is not clear from the value; choose it from the list." },
  suggested: { zh: "（建议类型：{type}）", en: "(It looks like: {type}.)" },
  canonical: { zh: "{type}：{canonical}", en: "{type}: {canonical}" },
  "warning-luhn-failed": { zh: "校验位不符，请核对卡号；仍可提交。", en: "The check digit is wrong: check the number. It is taken all the same." },
  "wrong-fields": { zh: "有内容需要更正，见标出的各项。", en: "Something needs correcting; see the marked fields." },
  tokenizing: { zh: "正在请求密钥分持方…", en: "Asking the key custodians…" },
  went: {
    zh: "已向 {custodians} 各发送 {n} 个盲化后的数，它们不含任何可还原的信息。",
    en: "{n} blinded numbers, to each of {custodians}. Nothing can be read from them.",
  },
  "draft-restored": { zh: "已恢复 {time} 保存在此浏览器中的草稿。", en: "The draft kept in this browser at {time} is back." },
  "draft-elsewhere": {
    zh: "此表单已在另一标签页中打开；此处填写的内容不会保存为草稿。",
    en: "This form is open in another tab; what you write here is not kept as a draft.",
  },
  sending: { zh: "正在提交…", en: "Submitting…" },
  received: { zh: "批次 {batch} 已收到。", en: "Batch {batch} is received." },
  accepted: { zh: "线索已被采纳。", en: "The clue was accepted." },
  matched: { zh: "线索已被采纳，并碰撞命中：其他独立机构也上报过其中的标识。", en: "The clue was accepted, and it matched: independent institutions reported an identifier of it too." },
  duplicate: { zh: "这条线索此前已提交过，没有产生新的影响。", en: "This clue was there already; nothing changed." },
  refused: { zh: "线索未被采纳（{code}）。请返回表单更正后重新提交。", en: "The clue was refused ({code}). Go back, correct it and submit it again." },
  rejected: { zh: "联盟未放行该批次，未产生任何影响。", en: "The alliance did not let the batch go; nothing came of it." },
  held: { zh: "批次被暂缓，联盟正在核查，无需重新提交。", en: "The batch is held; the alliance looks into it. You need not send it again." },
};
