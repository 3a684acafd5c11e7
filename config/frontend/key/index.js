// The browser's key: of scope evaluate alone, loaded once from a file, kept as a key that cannot be exported.
// Only the worker of tokens derives bearers from it, and only for custodians.
import { database } from "../map/database.js";
import { importKey } from "./file.js";

/**
 * Load a key from the text of its file and forget the text.
 *
 * @param {string} owner
 * @param {string} text
 * @returns {Promise<{ id: string }>} throws TokenError `key-malformed`
 */
export async function loadKey(owner, text) {
  const { id, key } = await importKey(text);
  await (await database(owner)).put("key", { id, key, loadedAt: new Date() }, "key");
  return { id };
}

/** @returns {Promise<{ id: string, key: CryptoKey, loadedAt: Date } | null>} */
export async function storedKey(owner) {
  return (await (await database(owner)).get("key", "key")) ?? null;
}

/** Remove the key from this browser. The platform's verifier stays until somebody revokes the key there. */
export async function forgetKey(owner) {
  await (await database(owner)).delete("key", "key");
}

/** Forget which signing key of the alliance this key pinned: the next use pins anew. Only after asking the alliance. */
export async function forgetPin(owner, keyId) {
  await (await database(owner)).delete("pin", keyId);
}
