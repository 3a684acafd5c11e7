// The alliance's key directory as this browser trusts it: signature, pin, and the entry to use now
// (aif_share/wire/directory.py). Signed is the exact text; a key that comes with an evaluation is never trusted.
import { ed25519 } from "@noble/curves/ed25519.js";
import { decode32, decode64 } from "../oprf/encoding.js";
import { SUITE } from "../oprf/voprf.js";
import { TokenError } from "./errors.js";

/**
 * @typedef {{ name: string, url: string, public: Uint8Array, public_key: string }} Custodian
 * @typedef {object} Entry
 * @property {string} type
 * @property {number} epoch
 * @property {string} suite
 * @property {Custodian[]} custodians in the order the hops are walked
 * @property {number} notBefore
 * @property {number | null} notAfter
 * @property {{ input: string, token: string }} canary
 */

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const utf8 = new TextEncoder();

/**
 * Check and read a signed directory.
 *
 * @param {{ signed: string, public_key: string, signature: string }} document
 * @param {string | undefined} pinned the alliance's key as pinned, undefined at first use
 * @returns {Promise<Entry[]>} throws TokenError `pin-mismatch`, `directory-unsigned` or `directory-malformed`
 */
export async function openSigned(document, pinned) {
  const { signed, public_key: publicKey, signature } = document ?? {};
  const [key, proof] = [decode32(publicKey), decode64(signature)];
  if (typeof signed !== "string" || !key || !proof) {
    throw new TokenError("directory-unsigned");
  }
  if (pinned !== undefined && publicKey !== pinned) {
    throw new TokenError("pin-mismatch", { pinned, offered: publicKey });
  }
  if (!(await holds(key, proof, utf8.encode(signed)))) {
    throw new TokenError("directory-unsigned");
  }
  try {
    return read(JSON.parse(signed));
  } catch {
    throw new TokenError("directory-malformed");
  }
}

/** The newest valid entry of a type, else TokenError `type-unknown`. @param {Entry[]} entries */
export function currentEntry(entries, type, now = Date.now()) {
  const fitting = entries.filter(
    (one) => one.type === type && one.suite === SUITE && one.notBefore <= now && (one.notAfter === null || now < one.notAfter),
  );
  if (fitting.length === 0) {
    throw new TokenError("type-unknown", { type });
  }
  return fitting.reduce((best, one) => (one.epoch > best.epoch ? one : best));
}

/** What a token depends on besides its input: suite, type, epoch and each custodian's public key, in order. */
export async function chainDigest(entry) {
  const parts = [entry.suite, entry.type, String(entry.epoch), ...entry.custodians.map((hop) => hop.public_key)];
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(parts.join("\n"))));
}

/** The custodians of all entries, each once. @param {Entry[]} entries */
export function custodiansOf(entries) {
  const all = new Map(entries.flatMap((entry) => entry.custodians.map(({ name, url }) => [name, { name, url }])));
  return [...all.values()];
}

// Older browsers have no Ed25519 of their own.
async function holds(key, signature, message) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  }
}

function read(body) {
  must(body.version === 1);
  const entries = body.entries.map(readEntry);
  must(new Set(entries.map((one) => `${one.type} ${one.epoch}`)).size === entries.length);
  return entries;
}

function readEntry(row) {
  const custodians = row.custodians.map(readCustodian);
  must(custodians.length > 0 && new Set(custodians.map((hop) => hop.name)).size === custodians.length);
  must(Number.isSafeInteger(row.epoch) && row.epoch >= 1);
  must(decode32(row.canary.token));
  return {
    type: text(row.type),
    epoch: row.epoch,
    suite: text(row.suite),
    custodians,
    notBefore: time(row.not_before),
    notAfter: row.not_after === null ? null : time(row.not_after),
    canary: { input: text(row.canary.input), token: row.canary.token },
  };
}

function readCustodian(hop) {
  const [name, url, key] = [text(hop.name), text(hop.url), decode32(hop.public_key)];
  must(NAME.test(name) && /^https?:\/\//.test(url) && key);
  return { name, url: url.replace(/\/+$/, ""), public: key, public_key: hop.public_key };
}

function text(value) {
  must(typeof value === "string" && value !== "");
  return value;
}

function time(value) {
  must(TIME.test(value));
  return Date.parse(value);
}

function must(holds) {
  if (!holds) {
    throw new TypeError("not a directory");
  }
}
