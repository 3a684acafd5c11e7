// From canonical values to tokens: what the map knows is not asked again; the rest is blinded, walks the chain of
// custodians, each hop's proof checked, and is unblinded. One failure, and no token of the question is handed out.
import { encode } from "../oprf/encoding.js";
import { TOKEN_BYTES, blind, finalize, tokenInput } from "../oprf/voprf.js";
import { chainDigest, currentEntry } from "./directory.js";
import { TokenError, asTokenError } from "./errors.js";

/** Values of one request: a second or so of this browser's arithmetic, so that progress is seen. */
const CHUNK = 250;
/** Requests on their way at once: while one waits for a custodian, this core works for the other. */
const LANES = 2;
/** Failures after which the same bytes may be sent once more; every other one is final for them. */
const REPEATABLE = new Set(["custodian-down", "custodian-failed", "custodian-busy", "quota-exhausted", "key-refused", "aborted"]);

/** Tokens of one member under one directory. */
export class Tokenizer {
  /**
   * @param {object} parts
   * @param {import("./directory.js").Entry[]} parts.entries of the verified directory
   * @param {import("../map/index.js").MemberMap} parts.map
   * @param {(entry: object, hop: object, elements: Uint8Array[], how: object) => Promise<Uint8Array[]>} parts.evaluate
   * @param {(type: string, raw: string) => string} parts.normalize for the canary alone
   */
  constructor({ entries, map, evaluate, normalize }) {
    this.entries = entries;
    this.map = map;
    this.evaluate = evaluate;
    this.normalize = normalize;
    this.running = new Map(); // "type|canonical" -> promise of its request, over all questions
  }

  /**
   * @param {{ type: string, canonical: string }[]} identifiers
   * @param {{ onProgress?: Function, signal?: AbortSignal }} [options]
   * @returns {Promise<{ type: string, epoch: number, token: string }[]>} in the order asked
   */
  async tokenize(identifiers, { onProgress, signal } = {}) {
    const types = new Map();
    for (const { type, canonical } of identifiers) {
      if (!types.has(type)) {
        types.set(type, { entry: currentEntry(this.entries, type), wanted: new Set() });
      }
      types.get(type).wanted.add(canonical);
    }
    const total = [...types.values()].reduce((sum, { wanted }) => sum + wanted.size, 0);
    const tokens = new Map();
    const got = (type, found) => {
      found.forEach((token, canonical) => tokens.set(`${type}|${canonical}`, token));
      onProgress?.({ done: tokens.size, total });
    };
    const work = [];
    for (const [type, { entry, wanted }] of types) {
      const chain = await chainDigest(entry);
      got(type, await this.map.tokens(chain, type, [...wanted]));
      const missing = [...wanted].filter((canonical) => !tokens.has(`${type}|${canonical}`));
      if (missing.length > 0) {
        await this.checkCanary(entry, chain, signal);
        work.push(...(await this.plan(entry, chain, missing)).map((piece) => ({ entry, piece })));
      }
    }
    await this.inLanes(work, signal, got);
    return identifiers.map(({ type, canonical }) => ({
      type,
      epoch: types.get(type).entry.epoch,
      token: encode(tokens.get(`${type}|${canonical}`)),
    }));
  }

  // Pieces of work: requests of other questions to wait for, those a break left behind, new ones for the rest.
  async plan(entry, chain, missing) {
    const left = new Set(missing);
    const pieces = new Set();
    for (const canonical of missing) {
      const running = this.running.get(`${entry.type}|${canonical}`);
      if (running) {
        pieces.add(running);
        left.delete(canonical);
      }
    }
    for (const evaluation of await this.map.unfinished(entry.type, chain)) {
      const isNeeded = evaluation.canonicals.some((canonical) => left.has(canonical));
      if (isNeeded) {
        pieces.add(evaluation);
        evaluation.canonicals.forEach((canonical) => left.delete(canonical));
      }
    }
    const rest = [...left];
    for (let first = 0; first < rest.length; first += CHUNK) {
      const canonicals = rest.slice(first, first + CHUNK);
      pieces.add({ id: newId(), type: entry.type, chain, canonicals, blinds: [], hop: 0, elements: [] });
    }
    return [...pieces];
  }

  async inLanes(work, signal, got) {
    const broken = new AbortController();
    const stop = () => broken.abort(new TokenError("aborted"));
    signal?.addEventListener("abort", stop);
    let failure = null;
    const lane = async () => {
      for (let next = work.shift(); next && !failure; next = work.shift()) {
        try {
          broken.signal.throwIfAborted();
          const { entry, piece } = next;
          got(entry.type, await (piece instanceof Promise ? piece : this.run(entry, piece, broken.signal)));
        } catch (error) {
          failure ??= asTokenError(error);
          broken.abort(failure);
        }
      }
    };
    try {
      signal?.throwIfAborted();
      await Promise.all(Array.from({ length: LANES }, lane));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    if (failure) {
      throw failure;
    }
  }

  run(entry, evaluation, signal) {
    const running = this.evaluated(entry, evaluation, signal).finally(() => {
      evaluation.canonicals.forEach((canonical) => this.running.delete(`${entry.type}|${canonical}`));
    });
    evaluation.canonicals.forEach((canonical) => this.running.set(`${entry.type}|${canonical}`, running));
    return running;
  }

  async evaluated(entry, evaluation, signal) {
    const begun = evaluation.blinds.length > 0 ? evaluation : blinded(evaluation);
    await this.map.keep(begun);
    try {
      const tokens = await this.walk(entry, begun, signal, (passed) => this.map.keep(passed));
      await this.map.finish(begun, tokens);
      return new Map(begun.canonicals.map((canonical, index) => [canonical, tokens[index]]));
    } catch (error) {
      const failure = asTokenError(error);
      if (!REPEATABLE.has(failure.code)) {
        await this.map.abandon(begun.id);
      }
      throw failure;
    }
  }

  async walk(entry, evaluation, signal, keep) {
    let { hop, elements } = evaluation;
    while (hop < entry.custodians.length) {
      const idempotencyKey = `${evaluation.id}-${hop}`;
      elements = await this.evaluate(entry, entry.custodians[hop], elements, { idempotencyKey, signal });
      hop += 1;
      if (hop < entry.custodians.length) {
        await keep?.({ ...evaluation, hop, elements });
      }
    }
    const inputs = evaluation.canonicals.map((canonical) => tokenInput(entry.type, canonical));
    return finalize(inputs, evaluation.blinds, elements).map((output) => output.slice(0, TOKEN_BYTES));
  }

  /** Once a day and chain: a known input gives the directory's token, so suite, type, chain and normalization are right. */
  async checkCanary(entry, chain, signal) {
    const mark = `${encode(chain)} ${new Date().toISOString().slice(0, 10)} ${entry.canary.token}`;
    if (await this.map.canaryPassed(entry.type, mark)) {
      return;
    }
    let token = null;
    let canonical = null;
    try {
      canonical = this.normalize(entry.type, entry.canary.input);
    } catch {
      // It is a value this version does not understand: the same as another token.
    }
    if (canonical !== null) {
      const question = { id: newId(), type: entry.type, chain, canonicals: [canonical], blinds: [], hop: 0, elements: [] };
      [token] = await this.walk(entry, blinded(question), signal);
    }
    if (token === null || encode(token) !== entry.canary.token) {
      throw new TokenError("canary-mismatch", { type: entry.type });
    }
    await this.map.passCanary(entry.type, mark);
  }
}

function blinded(evaluation) {
  const made = blind(evaluation.canonicals.map((canonical) => tokenInput(evaluation.type, canonical)));
  return { ...evaluation, blinds: made.map((one) => one.blind), elements: made.map((one) => one.element) };
}

function newId() {
  return crypto.randomUUID().replaceAll("-", "");
}
