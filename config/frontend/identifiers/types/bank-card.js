import { fullmatch, isRepeated } from "../base.js";
import { isLuhn } from "../checks.js";
import { refuse } from "../errors.js";
import { ungroup } from "../text.js";

function rule(text) {
  const number = fullmatch(/^[0-9]{12,19}$/, ungroup(text), "bank-card")[0];
  if (isRepeated(number)) {
    refuse("dummy");
  }
  return number;
}

/** Some Chinese cards fail the check digit, so a failure is a doubt and no refusal. */
function warn(canonical) {
  return isLuhn(canonical) ? [] : ["luhn-failed"];
}

export const IDENTIFIER = { code: "bank-card", personal: true, rule, warn };
