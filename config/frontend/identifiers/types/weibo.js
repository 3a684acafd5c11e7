import { anyCase, fullmatch, whole } from "../base.js";
import { refuse } from "../errors.js";
import { foldCase, isNewer } from "../text.js";

const PROFILE = anyCase(
  "(?:https?:\\/\\/)?(?:www\\.|m\\.)?weibo\\.(?:com|cn)\\/(?:u\\/|profile\\/|n\\/(?=[^0-9]))?([^\\/?# ]+)\\/?(?:[?#].*)?",
);
const NAME = whole("@?([\\p{L}\\p{N}_\\u4e00-\\u9fff\\-]{2,30})");

function rule(text) {
  const name = PROFILE.exec(text)?.[1] ?? text;
  if (/^[1-9][0-9]{4,10}$/.test(name)) {
    return name;
  }
  const folded = foldCase(name);
  return isNewer(folded) ? refuse("weibo") : `@${fullmatch(NAME, folded, "weibo")[1]}`;
}

export const IDENTIFIER = { code: "weibo", personal: true, rule };
