// The page's side of tokens. All arithmetic, the key and every request to a custodian live in the worker
// (workers/tokens.js); a page hands over canonical values and gets tokens back, or one TokenError and nothing sent.
//
// A page that uses this includes clues/_tokens.html, which carries the owner and the addresses of the workers.
import { translator } from "../text/translator.js";
import texts from "../text/tokens.js";
import { TokenError } from "./errors.js";
import { place } from "./place.js";

export { TokenError } from "./errors.js";

/**
 * @typedef {{ type: string, epoch: number, token: string }} Token the shape the API takes, plus a clue's `role`
 * @typedef {{ done: number, total: number }} Progress distinct values that have their token, of all asked for
 */

/** @type {Worker | null} */
let worker = null;
let last = 0;
/** @type {Map<number, { resolve: Function, reject: Function, onProgress?: (progress: Progress) => void }>} */
const waiting = new Map();

/**
 * Tokens of canonical values of one type, order kept; a value that stands twice is evaluated once, and one the map
 * knows not at all.
 *
 * @param {object} question
 * @param {string} question.type
 * @param {string[]} question.canonicals from identifiers' `normalize`
 * @param {(progress: Progress) => void} [question.onProgress]
 * @param {AbortSignal} [question.signal]
 * @returns {Promise<Token[]>} rejects with a TokenError
 */
export function tokenize({ type, canonicals, onProgress, signal }) {
  return tokenizeMany(
    canonicals.map((canonical) => ({ type, canonical })),
    { onProgress, signal },
  );
}

/**
 * The same for values of several types.
 *
 * @param {{ type: string, canonical: string }[]} identifiers
 * @param {{ onProgress?: (progress: Progress) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<Token[]>} rejects with a TokenError
 */
export function tokenizeMany(identifiers, { onProgress, signal } = {}) {
  return call("tokenize", { identifiers }, { onProgress, signal });
}

/**
 * What tokens depend on now: the loaded key's id or null, and the custodians of the directory in force (fetched,
 * verified and pinned by this call).
 *
 * @returns {Promise<{ keyId: string | null, custodians: { name: string, url: string }[] }>}
 */
export function status() {
  return call("status", {});
}

/**
 * Whether every custodian takes this browser's key, and what is left of today's quota there.
 *
 * @returns {Promise<{ custodian: string, used: number, limit: number }[]>} rejects with a TokenError
 */
export function check() {
  return call("check", {});
}

/** The key or the map of this browser was changed by the page: the worker reads them anew. */
export function refresh() {
  return worker === null ? Promise.resolve() : call("refresh", {});
}

const t = translator(texts);

/** A sentence for people about a TokenError, or about anything else thrown. */
export function explain(error) {
  const code = error instanceof TokenError ? error.code : "internal";
  const key = `error-${code}`;
  return t(key in texts ? key : "error-internal", { kind: code, ...error?.detail });
}

function call(name, question, { onProgress, signal } = {}) {
  if (signal?.aborted) {
    return Promise.reject(new TokenError("aborted"));
  }
  const id = ++last;
  return new Promise((resolve, reject) => {
    const stop = () => worker?.postMessage({ id, name: "abort" });
    const settle = (finish) => (value) => {
      waiting.delete(id);
      signal?.removeEventListener("abort", stop);
      finish(value);
    };
    waiting.set(id, { resolve: settle(resolve), reject: settle(reject), onProgress });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      started().postMessage({ id, name, question });
    } catch (error) {
      waiting.get(id).reject(error instanceof TokenError ? error : new TokenError("worker-failed"));
    }
  });
}

function started() {
  if (worker !== null) {
    return worker;
  }
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle || !globalThis.indexedDB) {
    throw new TokenError("browser-too-old");
  }
  const { owner, tokensWorker } = place();
  worker = new Worker(tokensWorker, { type: "module", name: "tokens" });
  worker.addEventListener("message", ({ data }) => answered(data));
  worker.addEventListener("error", failed);
  worker.postMessage({ name: "begin", question: { owner } });
  return worker;
}

function answered({ id, progress, result, error, notice }) {
  if (notice) {
    document.dispatchEvent(new CustomEvent("tokens:notice", { detail: t(`notice-${notice.code}`, notice.detail) }));
    return;
  }
  const call = waiting.get(id);
  if (progress) {
    call?.onProgress?.(progress);
  } else if (error) {
    const failure = TokenError.from(error);
    if (failure.code === "pin-mismatch") {
      document.dispatchEvent(new CustomEvent("tokens:failed", { detail: failure })); // said aloud whoever asked
    }
    call?.reject(failure);
  } else {
    call?.resolve(result);
  }
}

function failed() {
  worker?.terminate();
  worker = null;
  for (const each of [...waiting.values()]) {
    each.reject(new TokenError("worker-failed"));
  }
}
