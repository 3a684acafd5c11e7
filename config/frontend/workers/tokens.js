// The worker of tokens: the only place of this site that uses the browser's key and speaks to custodians.
import { normalize } from "../identifiers/index.js";
import { bearerFor } from "../key/file.js";
import { storedKey } from "../key/index.js";
import { database } from "../map/database.js";
import { MemberMap } from "../map/index.js";
import { evaluate, quotaAt } from "../tokens/custodian.js";
import { custodiansOf, openSigned } from "../tokens/directory.js";
import { TokenError, asTokenError } from "../tokens/errors.js";
import { Tokenizer } from "../tokens/tokenizer.js";

const DIRECTORY = "/portal/api/oprf/directory";

let owner = "";
/** @type {Promise<{ key: object | null, entries: object[], bearer: Function, tokenizer: Tokenizer }> | null} */
let ready = null;
/** @type {Map<number, AbortController>} */
const calls = new Map();

const CALLS = {
  async tokenize({ identifiers }, options) {
    const { key, tokenizer } = await begun();
    if (!key) {
      throw new TokenError("key-missing");
    }
    return tokenizer.tokenize(identifiers, options);
  },
  async status() {
    const { key, entries } = await begun();
    return { keyId: key?.id ?? null, custodians: custodiansOf(entries) };
  },
  async check() {
    const { key, entries, bearer } = await begun();
    if (!key) {
      throw new TokenError("key-missing");
    }
    return Promise.all(custodiansOf(entries).map(async (hop) => quotaAt(hop, { bearer: await bearer(hop) })));
  },
  async refresh() {
    ready = null;
  },
};

self.addEventListener("message", async ({ data: { id, name, question } }) => {
  if (name === "begin") {
    owner = question.owner;
    return;
  }
  if (name === "abort") {
    calls.get(id)?.abort(new TokenError("aborted"));
    return;
  }
  const control = new AbortController();
  calls.set(id, control);
  try {
    const onProgress = (progress) => self.postMessage({ id, progress });
    self.postMessage({ id, result: await CALLS[name](question, { onProgress, signal: control.signal }) });
  } catch (error) {
    self.postMessage({ id, error: asTokenError(error).toData() });
  } finally {
    calls.delete(id);
  }
});

function begun() {
  if (ready === null) {
    const starting = start();
    ready = starting;
    starting.catch(() => {
      ready = ready === starting ? null : ready;
    });
  }
  return ready;
}

async function start() {
  const [key, map] = [await storedKey(owner), await MemberMap.open(owner)];
  const entries = await directory(key);
  const bearers = new Map();
  const bearer = async (hop) => {
    if (!bearers.has(hop.name)) {
      bearers.set(hop.name, await bearerFor(key, hop.name));
    }
    return bearers.get(hop.name);
  };
  const ask = async (entry, hop, elements, how) => evaluate(entry, hop, elements, { ...how, bearer: await bearer(hop) });
  return { key, entries, bearer, tokenizer: new Tokenizer({ entries, map, evaluate: ask, normalize }) };
}

// The directory, verified; its signing key pinned per key id at the first use, which is said aloud.
async function directory(key) {
  const document = await fetched();
  if (!key) {
    return openSigned(document, undefined); // shown only: without a key nothing is sent anywhere
  }
  const db = await database(owner);
  const pinned = await db.get("pin", key.id);
  const entries = await openSigned(document, pinned);
  if (pinned === undefined) {
    await db.put("pin", document.public_key, key.id);
    self.postMessage({ notice: { code: "pinned", detail: { key: document.public_key } } });
  }
  return entries;
}

async function fetched() {
  let response;
  try {
    response = await fetch(DIRECTORY, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
  } catch {
    throw new TokenError("platform-down");
  }
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
    throw new TokenError("session-expired");
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw new TokenError(body?.code === "directory-missing" ? "directory-missing" : "platform-down");
  }
  return body;
}
