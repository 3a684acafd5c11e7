import { fullmatch, isRepeated } from "../base.js";
import { isLuhn, luhnDigit } from "../checks.js";
import { refuse } from "../errors.js";
import { ungroup } from "../text.js";

function rule(text) {
  const number = fullmatch(/^[0-9]{14,16}$/, ungroup(text).replace(/[ /.]/g, ""), "imei")[0];
  if (isRepeated(number.slice(0, 14))) {
    refuse("dummy");
  }
  if (number.length === 15) {
    return isLuhn(number) ? number : refuse("imei-check");
  }
  // An IMEISV ends with the software version instead of the check digit, and changes with every update.
  return number.slice(0, 14) + luhnDigit(number.slice(0, 14));
}

export const IDENTIFIER = { code: "imei", personal: true, rule };
