// A key file: one line, `aif_live_<id>_<secret>` (aif_share/wire/keys.py). The secret never leaves this module but as
// a CryptoKey that cannot be exported.
import { decode32, encode } from "../oprf/encoding.js";
import { TokenError } from "../tokens/errors.js";

const FORM = /^aif_live_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/;
const SERVER = /^custodian:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
/** Characters of a file that is still read. */
export const MAX_FILE = 4096;

/**
 * @param {string} text
 * @returns {Promise<{ id: string, key: CryptoKey }>} throws TokenError `key-malformed`, which never repeats the text
 */
export async function importKey(text) {
  const match = text.length > MAX_FILE ? null : FORM.exec(text.replace(/^\uFEFF/, "").trim());
  const secret = match && decode32(match[2]);
  if (!secret) {
    throw new TokenError("key-malformed");
  }
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  secret.fill(0);
  return { id: match[1], key };
}

/** The bearer of one custodian: HKDF-SHA256, empty salt, info `aif1|bearer|custodian:<name>`. */
export async function bearerFor({ id, key }, custodian) {
  const server = `custodian:${custodian}`;
  if (!SERVER.test(server)) {
    throw new TokenError("directory-malformed");
  }
  const info = new TextEncoder().encode(`aif1|bearer|${server}`);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return `aif_live_${id}_${encode(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)))}`;
}
