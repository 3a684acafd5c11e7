import { fullmatch } from "../base.js";
import { refuse } from "../errors.js";
import { length } from "../text.js";

const SHAPE = /^[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)+$/;
const LONGEST = 200;

function rule(text) {
  if (length(text) > LONGEST) {
    refuse("app-package-long", null, { n: LONGEST });
  }
  return fullmatch(SHAPE, text, "app-package")[0];
}

export const IDENTIFIER = { code: "app-package", personal: false, rule };
