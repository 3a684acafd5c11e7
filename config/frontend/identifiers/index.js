// Identifier types: how a raw value becomes the one canonical form its token is made of; the same as in
// aif_share/identifiers, to the byte.
//
//     normalize("cn-mobile", "138 0013 8000")  ->  "+8613800138000"
//
// Not here: tokens (../tokens). No value is kept, logged, sent or put into an error.
import { IdentifierError } from "./errors.js";
import { TYPES } from "./registry.js";
import { prepare } from "./text.js";

export { IdentifierError } from "./errors.js";
export { detect } from "./detect.js";
export { explain } from "./explain.js";
export { rawKind } from "./raw.js";

/** Every type in the order of the codes. @type {ReadonlyArray<{ code: string, personal: boolean }>} */
export const types = Object.freeze([...TYPES.values()].map(({ code, personal }) => Object.freeze({ code, personal })));

function typeOf(code) {
  const type = TYPES.get(code);
  if (type === undefined) {
    throw new IdentifierError("type-unknown", { code: "type-unknown" });
  }
  return type;
}

/** The canonical form of a raw value of a type. @param {string} code @param {string} raw @throws {IdentifierError} */
export function normalize(code, raw) {
  return typeOf(code).rule(prepare(raw));
}

/** Codes of the doubts about a value that is accepted all the same, such as `luhn-failed`. */
export function warnings(code, raw) {
  const type = typeOf(code);
  return type.warn ? type.warn(type.rule(prepare(raw))) : [];
}
