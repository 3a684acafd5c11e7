// Canonical base64url for elements, proofs and tokens: one text for one value (aif_share/oprf/encoding.py).
// Decoders ignore the spare bits of the last character, so several texts would give the same bytes; hence patterns.

const PATTERN_32 = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const PATTERN_64 = /^[A-Za-z0-9_-]{85}[AQgw]$/;

/** Base64url without padding. @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The 32 bytes of a canonical 43-character text, or null. Says nothing about the group. */
export function decode32(text) {
  return typeof text === "string" && PATTERN_32.test(text) ? bytesOf(text) : null;
}

/** The 64 bytes of a canonical 86-character text (a proof, a signature), or null. */
export function decode64(text) {
  return typeof text === "string" && PATTERN_64.test(text) ? bytesOf(text) : null;
}

function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}
