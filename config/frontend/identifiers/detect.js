// A first guess at the type of a value, for forms; people correct it.
import { orNull } from "./base.js";
import { isLuhn } from "./checks.js";
import { TYPES } from "./registry.js";
import { prepare, ungroup } from "./text.js";

// The types that tell themselves, the surest first; `when` where the rule alone would take too much.
const GUESSES = [
  { code: "content-url", when: (text, canonical) => /^[a-z]+:[^/]/.test(canonical) },
  { code: "url" },
  { code: "email" },
  { code: "resident-id" },
  { code: "uscc" },
  { code: "cn-mobile" },
  { code: "service-number" },
  { code: "sms-port" },
  { code: "cn-landline" },
  { code: "phone" },
  { code: "bank-card", when: (text, canonical) => canonical.length >= 15 && isLuhn(canonical) },
  { code: "ip" },
  { code: "wallet" },
  { code: "icp-filing-no" },
  { code: "wechat-official-account", when: (text) => /^gh_/i.test(text) },
  { code: "wechat", when: (text) => /^(?:wxid_|微信)/i.test(text) },
  { code: "mini-program-appid" },
  { code: "file-sha256" },
  { code: "idfa", when: (text) => /^[0-9A-F-]{36}$/.test(text) },
  { code: "bank-account", when: (text) => /[:/|]/.test(text) },
  { code: "qq", when: (text) => /^qq/i.test(text) },
  { code: "im-group", when: (text) => /[:@]|t\.me/.test(text) },
  { code: "app-package", when: (text) => /^(?:com|cn|net|org|io)\.[a-z0-9_]+\.[\w.-]+$/i.test(ungroup(text)) },
  { code: "domain" },
  { code: "sms-signature", when: (text) => /^[【[]/.test(text) },
];

/** The code of the likeliest type of a raw value, null if nothing speaks for one. */
export function detect(raw) {
  const text = orNull(() => prepare(raw));
  if (text === null) {
    return null;
  }
  for (const { code, when } of GUESSES) {
    const canonical = orNull(() => TYPES.get(code).rule(text));
    if (canonical !== null && (!when || when(text, canonical))) {
      return code;
    }
  }
  return null;
}
