import { fullmatch, isRepeated } from "../base.js";
import { refuse } from "../errors.js";
import { lower } from "../text.js";

const EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function rule(text) {
  const digest = lower(text).replace(/^sha256:/, "").replace(/[ :]/g, "");
  fullmatch(/^[0-9a-f]{64}$/, digest, "file-sha256");
  if (isRepeated(digest) || digest === EMPTY_FILE) {
    refuse("file-empty");
  }
  return digest;
}

export const IDENTIFIER = { code: "file-sha256", personal: false, rule };
