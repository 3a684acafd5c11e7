// What the types' rules are written with.
import { refuse } from "./errors.js";

/** A pattern for the whole of a text, by code points. */
export function whole(source, flags = "") {
  return new RegExp(`^(?:${source})$`, `u${flags}`);
}

/**
 * A pattern in any case. Python also lets İ and ı stand for i then (its other two, the long s and the Kelvin sign, are
 * gone with NFKC), JavaScript does not.
 */
export function anyCase(source) {
  return whole(source.replace(/(?<!\\)i/gi, "[iIıİ]"), "i");
}

/** The match of the whole text, or a refusal with the reason. */
export function fullmatch(pattern, text, reason, suggestedType = null) {
  const found = pattern.exec(text);
  if (found === null) {
    refuse(reason, suggestedType);
  }
  return found;
}

/** Whether a text is one character over and over: a dummy value. */
export function isRepeated(text) {
  return new Set(text).size === 1;
}

/** Take the label in front away, if there is one. */
export function unlabeled(pattern, text) {
  return text.replace(pattern, "");
}

/** @template T @param {() => T} rule @returns {T | null} what the rule gives, null if it refuses */
export function orNull(rule) {
  try {
    return rule();
  } catch {
    return null;
  }
}
