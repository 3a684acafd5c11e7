import { fullmatch } from "../base.js";
import { lower } from "../text.js";

function rule(text) {
  return fullmatch(/^wx[0-9a-f]{16}$/, lower(text), "mini-program-appid")[0];
}

export const IDENTIFIER = { code: "mini-program-appid", personal: false, rule };
