import { anyCase, fullmatch, unlabeled } from "../base.js";
import { foldCase } from "../text.js";

const PROFILE = anyCase(
  "(?:https?:\\/\\/)?(?:www\\.)?xiaohongshu\\.com\\/user\\/profile\\/([0-9a-f]{24})\\/?(?:[?#].*)?",
);

function rule(text) {
  const name = foldCase(unlabeled(/^小红书号? ?: ?/, PROFILE.exec(text)?.[1] ?? text));
  return fullmatch(/^(?:[0-9a-f]{24}|[a-z0-9_]{4,20})$/, name, "xiaohongshu")[0];
}

export const IDENTIFIER = { code: "xiaohongshu", personal: true, rule };
