import { fullmatch, whole } from "../base.js";
import { foldCase } from "../text.js";

// The two ids that Channels gives out tell upper from lower case; names do not.
const ID = /^(?:sph[0-9A-Za-z]{12}|v2_[0-9A-Za-z]{20,200}@finder)$/;
const NAME = whole("[^ :\\/@]{2,40}(?: [^ :\\/@]{1,40})*");

function rule(text) {
  return ID.test(text) ? text : fullmatch(NAME, foldCase(text), "wechat-channels")[0];
}

export const IDENTIFIER = { code: "wechat-channels", personal: false, rule };
