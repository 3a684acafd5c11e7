// Does a text that a member chose itself, such as its own reference of a row, give a person away? The platform refuses
// such a reference; the browser asks before it would be sent. As `raw_kind` of aif_share/identifiers/raw.py knows
// numbers of persons.
import { orNull } from "./base.js";
import { idDigit, isLuhn } from "./checks.js";
import { classify } from "./phones.js";

const NUMBERS = new Set(["cn-mobile", "cn-landline", "phone"]);
const SPEAKING = /(?:[0-9][^0-9A-Za-z]{0,2}){7}/u;
const MOBILE = /(?<![0-9A-Za-z_])(?:\+?86|0086)?1[3-9][0-9]{9}(?![0-9A-Za-z_])/;
const ID = /(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])/g;
const WRITTEN = /^\(?\+?[0-9][0-9 ()./-]{5,30}[0-9Xx]$/;
const DATE_OR_IP = /^(?:(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}.*|[0-9]{1,3}(?:\.[0-9]{1,3}){3})$/;
const LONGEST = 512;

/** cn-mobile, cn-landline, phone, resident-id or bank-card if the text looks like one or holds one, else null. */
export function rawKind(text) {
  text = text.slice(0, LONGEST).trim().normalize("NFKC");
  if (!SPEAKING.test(text)) {
    return null;
  }
  if (MOBILE.test(text)) {
    return "cn-mobile";
  }
  if ((text.match(ID) ?? []).some(isId)) {
    return "resident-id";
  }
  if (!WRITTEN.test(text) || DATE_OR_IP.test(text)) {
    return null;
  }
  const digits = text.replace(/[^0-9Xx]/g, "");
  if (/^[0-9]{17}[0-9Xx]$/.test(digits) && isId(digits)) {
    return "resident-id";
  }
  // 62 UnionPay, 3 to 5 the international schemes: a long reference number rarely begins so and passes the check too.
  if (/^[3-6][0-9]{11,18}$/.test(digits) && isLuhn(digits)) {
    return "bank-card";
  }
  const kind = orNull(() => classify(text))?.kind;
  return NUMBERS.has(kind) ? kind : null;
}

function isId(number) {
  const [month, day] = [Number(number.slice(10, 12)), Number(number.slice(12, 14))];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return isDay && number[17].toUpperCase() === idDigit(number);
}
