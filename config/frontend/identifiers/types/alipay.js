import { orNull } from "../base.js";
import { canonicalEmail } from "../emails.js";
import { refuse } from "../errors.js";
import { classify } from "../phones.js";
import { ungroup } from "../text.js";

const USER = /^2088[0-9]{12}$/;

function rule(text) {
  const number = ungroup(text);
  if (USER.test(number)) {
    return number;
  }
  if (text.includes("@")) {
    return canonicalEmail(text);
  }
  const found = orNull(() => classify(text));
  if (found === null || !["cn-mobile", "phone"].includes(found.kind) || found.canonical.includes(";")) {
    refuse("alipay");
  }
  return found.canonical;
}

export const IDENTIFIER = { code: "alipay", personal: true, rule };
