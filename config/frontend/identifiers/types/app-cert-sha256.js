import { fullmatch, isRepeated } from "../base.js";
import { refuse } from "../errors.js";
import { lower } from "../text.js";

function rule(text) {
  const digest = lower(text).replace(/^sha256:/, "").replace(/[ :]/g, "");
  fullmatch(/^[0-9a-f]{64}$/, digest, "app-cert-sha256");
  if (isRepeated(digest)) {
    refuse("dummy");
  }
  return digest;
}

export const IDENTIFIER = { code: "app-cert-sha256", personal: false, rule };
