// Make a member's key in the browser, and what servers get instead of it (aif_share/wire/keys.py).
import { encode } from "../oprf/encoding.js";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 8;
/** The server name of the API. */
export const PLATFORM = "platform";

/** The server name of a custodian of the directory. */
export function custodianServer(name) {
  return `custodian:${name}`;
}

/** A new key from the browser's random source. @returns {{ id: string, secret: Uint8Array }} */
export function makeKey() {
  return { id: makeId(), secret: crypto.getRandomValues(new Uint8Array(32)) };
}

/** What a server stores of a key: SHA-256 in hex of the bearer that HKDF derives for its name. */
export async function verifierFor({ id, secret }, server) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(`aif1|bearer|${server}`);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const part = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  const bearer = new TextEncoder().encode(`aif_live_${id}_${encode(part)}`);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bearer)));
}

/** The file of a key: one line. @returns {{ name: string, text: string }} */
export function fileOf({ id, secret }, institution) {
  return { name: `${institution}-browser-${id}.aifkey`, text: `aif_live_${id}_${encode(secret)}\n` };
}

function makeId() {
  // Bytes from 252 on are thrown away: 252 is seven times 36, so every character is as likely as any other.
  const limit = 256 - (256 % ALPHABET.length);
  let id = "";
  while (id.length < ID_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(2 * ID_LENGTH))) {
      if (byte < limit && id.length < ID_LENGTH) {
        id += ALPHABET[byte % ALPHABET.length];
      }
    }
  }
  return id;
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
