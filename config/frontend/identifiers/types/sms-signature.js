import { fullmatch, whole } from "../base.js";
import { foldCase } from "../text.js";

const NAME = whole("[^ 【】\\[\\]]{2,20}");

function rule(text) {
  const name = text.replaceAll(" ", "").replace(/^[【[](.*)[】\]]$/u, "$1");
  return fullmatch(NAME, foldCase(name), "sms-signature")[0];
}

export const IDENTIFIER = { code: "sms-signature", personal: false, rule };
