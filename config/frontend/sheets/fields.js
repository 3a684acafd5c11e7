// What a column of a file can stand for: the names of the CLI, and what people write above their columns.

/** @typedef {{ field: string, group?: number, type?: string }} Use */

export const IDENTIFIER = ["value", "type", "role"];
export const FIELDS = [
  "category",
  "grade",
  "channel",
  "observed_at",
  "region",
  "amount_cny",
  "level",
  "crime_indicator",
  "indicators",
  "consumer_contacted",
  "tlp",
  "evidence_sha256",
  "basis",
  "client_ref",
];

const WORDS = {
  value: "value identifier 标识 标识符 标识内容 值 号码 内容",
  type: "type identifier_type 类型 标识类型 标识符类型",
  role: "role 角色",
  category: "category 类别 线索类别 分类",
  grade: "grade 等级 证据等级",
  channel: "channel 渠道",
  observed_at: "observed_at observed date time 时间 日期 发现时间 发生时间",
  region: "region province 地区 省份",
  amount_cny: "amount_cny amount 金额 涉案金额",
  level: "level 异常等级 异常级别",
  crime_indicator: "crime_indicator crime 涉嫌犯罪",
  indicators: "indicators indicator 识别指标 指标",
  consumer_contacted: "consumer_contacted 联系消费者 消费者核实 核实结果",
  tlp: "tlp 传播范围 共享范围",
  evidence_sha256: "evidence_sha256 evidence 证据摘要",
  basis: "basis 依据 法律依据",
  client_ref: "client_ref reference ref 编号 线索编号 自有编号",
  "": "reason line 原因 行号",
};
// A column that names the type itself.
const TYPED = {
  "cn-mobile": "手机 手机号 手机号码 mobile phone_number 联系电话",
  "cn-landline": "固定电话 座机",
  "resident-id": "身份证 身份证号 身份证号码 证件号码 id_card",
  "bank-card": "银行卡 银行卡号 卡号 card bank_card",
  domain: "域名 domain host 网站",
  url: "网址 链接 url link",
  email: "邮箱 电子邮箱 email mail",
  wechat: "微信 微信号 wechat",
  qq: "qq qq号 qq号码",
  ip: "ip ip地址",
  alipay: "支付宝 支付宝账号 alipay",
  wallet: "钱包 钱包地址 wallet",
  uscc: "统一社会信用代码 信用代码 uscc",
};

const KNOWN = new Map([
  ...Object.entries(WORDS).flatMap(([field, words]) => words.split(" ").map((word) => [word, { field }])),
  ...Object.entries(TYPED).flatMap(([type, words]) => words.split(" ").map((word) => [word, { field: "value", type }])),
]);

/**
 * What a title of a column says, null if nothing known. Titles in two languages have a space or a line between them.
 *
 * @param {string} title @param {Set<string>} types codes of types, which are titles too @returns {Use | null}
 */
export function useOf(title, types) {
  const whole = title.normalize("NFKC").trim().toLowerCase();
  for (const word of [whole.replace(/\s+/g, "_"), ...whole.split(/[\s/()]+/)]) {
    const [, name, number] = /^(.*?)_?([0-9]{1,2})?$/.exec(word);
    const found = KNOWN.get(word) ?? KNOWN.get(name);
    if (found) {
      const group = !KNOWN.has(word) && number ? Number(number) : 1;
      return IDENTIFIER.includes(found.field) ? { group, ...found } : { ...found };
    }
    if (types.has(word)) {
      return { field: "value", group: 1, type: word };
    }
  }
  return null;
}
