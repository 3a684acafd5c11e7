import { fullmatch } from "../base.js";
import { isUscc } from "../checks.js";
import { refuse } from "../errors.js";
import { ungroup, upper } from "../text.js";

function rule(text) {
  const code = fullmatch(/^[0-9A-Z]{18}$/, upper(ungroup(text)), "uscc")[0];
  return isUscc(code) ? code : refuse("uscc-check");
}

export const IDENTIFIER = { code: "uscc", personal: false, rule };
