import { anyCase, fullmatch, unlabeled } from "../base.js";
import { foldCase } from "../text.js";

const PROFILE = anyCase(
  "(?:https?:\\/\\/)?(?:www\\.|live\\.|v\\.)?kuaishou\\.com\\/(?:profile|u)\\/([^\\/?# ]+)\\/?(?:[?#].*)?",
);

function rule(text) {
  const name = foldCase(unlabeled(/^快手(?:号|ID|id)? ?: ?/, PROFILE.exec(text)?.[1] ?? text));
  return fullmatch(/^[a-z0-9_-]{3,32}$/, name, "kuaishou")[0];
}

export const IDENTIFIER = { code: "kuaishou", personal: true, rule };
