import { anyCase, fullmatch } from "../base.js";
import { refuse } from "../errors.js";
import { ungroup } from "../text.js";

const NUMBER = anyCase("(?:qq(?:号码?)?:?)?([1-9][0-9]{4,10})");
const MAILBOX = anyCase(".+@(?:vip\\.)?(?:qq|foxmail)\\.com");

function rule(text) {
  if (MAILBOX.test(text)) {
    refuse("is-email", "email");
  }
  return fullmatch(NUMBER, ungroup(text), "qq")[1];
}

export const IDENTIFIER = { code: "qq", personal: true, rule };
