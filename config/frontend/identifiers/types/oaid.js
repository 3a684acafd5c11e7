import { fullmatch, isRepeated } from "../base.js";
import { refuse } from "../errors.js";
import { lower, ungroup } from "../text.js";

function rule(text) {
  const number = fullmatch(/^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})$/, lower(ungroup(text)), "oaid")[0];
  if (isRepeated(number)) {
    refuse("tracking-off");
  }
  return number;
}

export const IDENTIFIER = { code: "oaid", personal: true, rule };
