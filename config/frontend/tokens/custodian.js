// One question to one custodian: patient with a short failure, plain about a lasting one. A retry repeats the same
// bytes under the same Idempotency-Key, so it is not charged twice.
import { decode32, decode64, encode } from "../oprf/encoding.js";
import { ProofError, verify } from "../oprf/voprf.js";
import { TokenError } from "./errors.js";

/** Elements of one evaluation that a custodian takes. */
export const MAX_ELEMENTS = 1000;

const RETRIED = new Set([429, 502, 503, 504]);
const PATIENCE_MS = 12_000;
const FIRST_PATIENCE_MS = 5_000; // of one that never answered yet: it is more likely down, or not to be reached, than busy
const TIMEOUT_MS = 60_000;

// What a custodian's refusal means to a person. Every other 4xx is "custodian-refused" with its code.
const REFUSALS = {
  unauthenticated: "key-refused",
  "key-expired": "key-refused",
  "key-revoked": "key-refused",
  "address-refused": "key-refused",
  "scope-missing": "key-refused",
  "institution-suspended": "institution-suspended",
  "institution-not-live": "institution-suspended",
  "quota-exhausted": "quota-exhausted",
  "epoch-retired": "epoch-retired",
};

const reached = new Set();

/**
 * Have elements evaluated by one custodian and check its proof against the directory's key.
 *
 * @param {import("./directory.js").Entry} entry
 * @param {import("./directory.js").Custodian} hop
 * @param {Uint8Array[]} elements
 * @param {{ bearer: string, idempotencyKey: string, signal?: AbortSignal, fetch?: typeof fetch, sleep?: Function }} how
 * @returns {Promise<Uint8Array[]>} throws TokenError
 */
export async function evaluate(entry, hop, elements, { bearer, idempotencyKey, signal, ...own }) {
  const question = { type: entry.type, epoch: entry.epoch, elements: elements.map(encode) };
  const answer = await ask(hop, JSON.stringify(question), {
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
    signal,
    ...own,
  });
  const { evaluated, proof } = read(answer, entry, hop, elements.length);
  try {
    verify(hop.public, elements, evaluated, proof);
  } catch (error) {
    throw error instanceof ProofError ? new TokenError("proof-invalid", { custodian: hop.name }) : error;
  }
  return evaluated;
}

/**
 * Ask a custodian for this key's own quota: that it answers at all says that it takes the key.
 *
 * @returns {Promise<{ custodian: string, used: number, limit: number }>} throws TokenError
 */
export async function quotaAt(hop, { bearer, ...own }) {
  const answer = await ask(hop, undefined, { path: "/me", headers: { Authorization: `Bearer ${bearer}` }, ...own });
  const { used, limit } = answer?.quota?.evaluate ?? {};
  if (!Number.isInteger(used) || !Number.isInteger(limit)) {
    throw new TokenError("custodian-failed", { custodian: hop.name, status: 200 });
  }
  return { custodian: hop.name, used, limit };
}

async function ask(hop, body, { path = "/evaluate", headers, signal, fetch = globalThis.fetch, sleep = pause }) {
  for (let waited = 0, attempt = 0; ; attempt += 1) {
    let failure;
    let wait = Math.min(8000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2);
    let response = null;
    try {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      response = await fetch(hop.url + path, {
        method: body === undefined ? "GET" : "POST",
        body,
        headers,
        mode: "cors",
        credentials: "omit",
        redirect: "error", // a redirect would carry the bearer elsewhere
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal: signal && AbortSignal.any ? AbortSignal.any([signal, timeout]) : (signal ?? timeout),
      });
    } catch {
      signal?.throwIfAborted();
      failure = new TokenError("custodian-down", { custodian: hop.name });
    }
    let repeat = true;
    if (response) {
      reached.add(hop.url);
      if (response.ok) {
        return response.json().catch(() => null);
      }
      const code = (await response.json().catch(() => null))?.code ?? "";
      failure = problem(response.status, code, hop);
      repeat = RETRIED.has(response.status) || code === "idempotency-busy";
      const after = Number(response.headers.get("Retry-After") ?? Number.NaN);
      wait = Number.isFinite(after) ? after * 1000 : wait;
    }
    const patience = reached.has(hop.url) ? PATIENCE_MS : FIRST_PATIENCE_MS;
    if (!repeat || failure.code === "quota-exhausted" || waited + wait > patience) {
      throw failure;
    }
    await sleep(wait, signal);
    waited += wait;
  }
}

function problem(status, code, hop) {
  const detail = { custodian: hop.name, status, problem: code };
  if (status >= 500 || code === "idempotency-busy") {
    return new TokenError("custodian-failed", detail);
  }
  return new TokenError(REFUSALS[code] ?? (status === 429 ? "custodian-busy" : "custodian-refused"), detail);
}

// Elements and proof of an answer of the right shape and for the question asked.
function read(answer, entry, hop, count) {
  const wrong = new TokenError("proof-invalid", { custodian: hop.name });
  if (answer === null || typeof answer !== "object" || !Array.isArray(answer.elements)) {
    throw wrong;
  }
  if (answer.type !== entry.type || answer.epoch !== entry.epoch || answer.custodian !== hop.name) {
    throw wrong;
  }
  const evaluated = answer.elements.map(decode32);
  const proof = decode64(answer.proof);
  if (evaluated.length !== count || evaluated.includes(null) || !proof) {
    throw wrong;
  }
  return { evaluated, proof };
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
