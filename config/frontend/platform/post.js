// Posts of pages to /portal/api: the person's session, the page's CSRF token, and a key that makes a repetition harmless.
// Nothing raw comes this way: a page posts tokens, codes and references.
import { translator } from "../text/translator.js";
import texts from "../text/platform.js";

const KEPT = "aif-unanswered|"; // a request whose answer nobody saw, until it comes: the same again, under the same key
const ANSWERED = (status) => status < 500 && ![401, 403, 409, 429].includes(status);

/** An answer that is none: the code of the API, or `network`, `session-over`, `unreadable`. */
export class Problem extends Error {
  /** @param {{ code: string, status?: number, title?: string, detail?: string }} what */
  constructor({ code, status = 0, title = "", detail = "", ...extra }) {
    super(code);
    this.name = "Problem";
    Object.assign(this, { code, status, title, detail, extra });
  }
}

/**
 * Post a body as JSON. Sent twice (a double click, a break, a reload, another try after an expired session) it has one
 * effect: until there is an answer, the same body goes under the same Idempotency-Key.
 *
 * @param {string} address
 * @param {object} body
 * @param {{ signal?: AbortSignal, key?: string }} [options] `key`: where the caller keeps one of its own, beyond the tab
 * @returns {Promise<{ body: any, replayed: boolean }>} rejects with a Problem
 */
export async function post(address, body, { signal, key: given } = {}) {
  const text = JSON.stringify(body);
  const slot = KEPT + (await digest(`${address}\n${text}`));
  const key = given ?? sessionStorage.getItem(slot) ?? crypto.randomUUID();
  sessionStorage.setItem(slot, key);
  const send = () => ask(address, { method: "POST", body: text, headers: { "Idempotency-Key": key }, signal });
  let answer = await send();
  if (answer.status === 403 && (await renewToken())) {
    answer = await send(); // somebody logged in anew in another tab: the page's token was of the old session
  }
  if (ANSWERED(answer.status)) {
    sessionStorage.removeItem(slot);
  }
  return { body: await read(answer), replayed: answer.headers.get("Idempotency-Replayed") === "true" };
}

/**
 * Send something that is no JSON, or nothing: a piece of a file, a deletion. What makes a repetition harmless, the caller sees to.
 *
 * @param {string} method
 * @param {string} address
 * @param {{ body?: Blob, headers?: Record<string, string>, signal?: AbortSignal }} [options]
 * @returns {Promise<any>} rejects with a Problem
 */
export async function send(method, address, options = {}) {
  let answer = await ask(address, { method, ...options });
  if (answer.status === 403 && (await renewToken())) {
    answer = await ask(address, { method, ...options });
  }
  return read(answer);
}

/** Ask for JSON. @returns {Promise<any>} rejects with a Problem */
export async function get(address, { signal } = {}) {
  return read(await ask(address, { signal }));
}

const t = translator(texts);

/** A sentence for people about a Problem. */
export function explainProblem(problem) {
  const known = `problem-${problem.code}`;
  if (known in texts) {
    return t(known, problem.extra ?? {});
  }
  return [problem.title, problem.detail].filter(Boolean).join(t("stop")) || t("problem-unreadable");
}

async function ask(address, { headers, ...options }) {
  try {
    return await fetch(address, {
      ...options,
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token(), ...headers },
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem({ code: "network" });
  }
}

async function read(answer) {
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) {
    return body;
  }
  if (answer.status === 401) {
    throw new Problem({ code: "session-over", status: 401 });
  }
  throw new Problem({ status: answer.status, ...(typeof body?.code === "string" ? body : { code: "unreadable" }) });
}

function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Take the CSRF token of the session as it is now; false if it is the one that the page has. */
async function renewToken() {
  const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  const own = document.querySelector('meta[name="csrf-token"]');
  if (!fresh || !own || fresh === own.content) {
    return false;
  }
  own.content = fresh;
  return true;
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
