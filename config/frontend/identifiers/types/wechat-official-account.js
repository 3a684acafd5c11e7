import { fullmatch, whole } from "../base.js";
import { foldCase } from "../text.js";

const NAME = whole("gh_[0-9a-f]{12}|(?!gh_)[^ :\\/@]{2,40}(?: [^ :\\/@]{1,40})*");

function rule(text) {
  return fullmatch(NAME, foldCase(text), "wechat-official-account")[0];
}

export const IDENTIFIER = { code: "wechat-official-account", personal: false, rule };
