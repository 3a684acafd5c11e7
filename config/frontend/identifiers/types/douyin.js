import { anyCase, fullmatch, unlabeled } from "../base.js";
import { refuse } from "../errors.js";
import { foldCase } from "../text.js";

const PROFILE = anyCase(
  "(?:https?:\\/\\/)?(?:www\\.)?(?:ies)?douyin\\.com\\/(?:share\\/)?user\\/([A-Za-z0-9_\\-]+)\\/?(?:[?#].*)?",
);
const ADDRESS_ID = /^MS4wLjABAAAA[A-Za-z0-9_-]{20,80}$/;

function rule(text) {
  const found = PROFILE.exec(text);
  if (found) {
    text = found[1];
    if (!ADDRESS_ID.test(text)) {
      refuse("douyin-address");
    }
  }
  if (ADDRESS_ID.test(text)) {
    return text;
  }
  return fullmatch(/^[a-z0-9_.-]{2,30}$/, foldCase(unlabeled(/^抖音号? ?: ?/, text)), "douyin")[0];
}

export const IDENTIFIER = { code: "douyin", personal: true, rule };
