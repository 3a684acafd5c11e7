import { fullmatch } from "../base.js";
import { refuse } from "../errors.js";
import { ungroup, upper } from "../text.js";

const SHAPE = /^([0-9A-Z]+)[:/|]([0-9A-Z]{5,34})$/;
const CNAPS = /^[1-9][0-9]{11}$/;
const CLASS = /^[1-9][0-9]{2}$/;
const BIC = /^([A-Z]{4})([A-Z]{2})([A-Z0-9]{2})(?:[A-Z0-9]{3})?$/;
// The first three digits of a CNAPS code name the bank where it is nationwide; elsewhere many banks share them, and
// only the head office's twelve digits tell which.
const NATIONWIDE = new Set(
  "102 103 104 105 201 202 203 301 302 303 304 305 306 307 308 309 310 315 316 318 403".split(" "),
);

function rule(text) {
  const [, code, account] = fullmatch(SHAPE, upper(ungroup(text)), "bank-account");
  if (!/[0-9]/.test(account)) {
    refuse("bank-account-digits");
  }
  return `${bank(code)}:${account}`;
}

function bank(code) {
  if (CNAPS.test(code)) {
    return NATIONWIDE.has(code.slice(0, 3)) ? code.slice(0, 3) : code;
  }
  if (CLASS.test(code)) {
    return NATIONWIDE.has(code) ? code : refuse("bank-shared");
  }
  const found = BIC.exec(code);
  if (found === null) {
    refuse("bank-code");
  }
  return found[2] === "CN" ? refuse("bank-bic-china") : found[1] + found[2] + found[3];
}

export const IDENTIFIER = { code: "bank-account", personal: true, rule };
