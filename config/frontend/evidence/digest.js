// The SHA-256 of a file of any size, read piece by piece: what arrives has to have it, or it is no evidence.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const PIECE = 4 * 1024 * 1024;

/**
 * @param {Blob} file
 * @param {{ signal?: AbortSignal, onRead?: (bytes: number) => void, piece?: number }} [options]
 * @returns {Promise<string>} 64 hex digits; rejects with AbortError, and with NotReadableError if the file changed meanwhile
 */
export async function digestOf(file, { signal, onRead = () => {}, piece = PIECE } = {}) {
  const hash = sha256.create();
  for (let start = 0; start < file.size; start += piece) {
    signal?.throwIfAborted();
    const bytes = await file.slice(start, start + piece).arrayBuffer();
    hash.update(new Uint8Array(bytes));
    onRead(Math.min(file.size, start + piece));
  }
  return bytesToHex(hash.digest());
}
