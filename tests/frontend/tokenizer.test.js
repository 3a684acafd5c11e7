// The way from values to tokens, over custodians that compute for real and fail on order.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { decode32, encode } from "../../config/frontend/oprf/encoding.js";
import { tokenInput } from "../../config/frontend/oprf/voprf.js";
import { evaluate, quotaAt } from "../../config/frontend/tokens/custodian.js";
import { Tokenizer } from "../../config/frontend/tokens/tokenizer.js";

const { voprf } = ristretto255_oprf;
const servers = [];
after(() => servers.forEach((server) => server.close()));

/** A custodian on a port of its own; `failures` are what it answers before it works: functions (answer) -> [status, body]. */
async function custodian(name, seed) {
  const keys = voprf.deriveKeyPair(new Uint8Array(32).fill(seed), new Uint8Array([seed]));
  const made = { name, keys, asked: [], failures: [], public: keys.publicKey, public_key: encode(keys.publicKey) };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const question = body ? JSON.parse(body) : {};
    made.asked.push({ url: request.url, key: request.headers["idempotency-key"], bearer: request.headers.authorization, ...question });
    const failure = made.failures.shift();
    let answer = { quota: { evaluate: { used: 3, limit: 10 } } };
    if (question.elements) {
      const { evaluated, proof } = voprf.blindEvaluateBatch(keys.secretKey, keys.publicKey, question.elements.map(decode32));
      answer = { type: question.type, epoch: question.epoch, custodian: name, elements: evaluated.map(encode), proof: encode(proof) };
    }
    const [status, changed, headers] = failure ? failure(answer) : [200, answer];
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(typeof changed === "string" ? changed : JSON.stringify(changed));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  made.url = `http://127.0.0.1:${server.address().port}`;
  return made;
}

/** Stands for MemberMap, which needs a browser's IndexedDB (tests/browser has it). */
class Memory {
  tokensKnown = new Map();
  evaluations = new Map();
  canaries = new Map();
  async tokens(_chain, type, canonicals) {
    return new Map(canonicals.filter((one) => this.tokensKnown.has(`${type}|${one}`)).map((one) => [one, this.tokensKnown.get(`${type}|${one}`)]));
  }
  async keep(evaluation) {
    this.evaluations.set(evaluation.id, structuredClone(evaluation));
  }
  async finish({ id, type, canonicals }, tokens) {
    canonicals.forEach((one, index) => this.tokensKnown.set(`${type}|${one}`, tokens[index]));
    this.evaluations.delete(id);
  }
  async abandon(id) {
    this.evaluations.delete(id);
  }
  async unfinished(type) {
    return [...this.evaluations.values()].filter((one) => one.type === type);
  }
  async canaryPassed(type, mark) {
    return this.canaries.get(type) === mark;
  }
  async passCanary(type, mark) {
    this.canaries.set(type, mark);
  }
}

const direct = (hops, type, canonical) => {
  // The same value without blinding: RFC 9497's Evaluate with the product of the keys.
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const number = (bytes) => [...bytes].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let product = hops.reduce((sum, hop) => (sum * number(hop.keys.secretKey)) % order, 1n);
  const key = Uint8Array.from({ length: 32 }, () => {
    const byte = Number(product & 255n);
    product >>= 8n;
    return byte;
  });
  return encode(voprf.evaluate(key, tokenInput(type, canonical)).subarray(0, 32));
};

async function scene({ canary = true } = {}) {
  const custodians = [await custodian("platform", 1), await custodian("partner", 2)];
  const token = direct(custodians, "domain", "canary.example");
  const entry = (type) => ({
    type, epoch: 1, suite: "ristretto255-SHA512", custodians, notBefore: 0, notAfter: null,
    canary: { input: "Canary.example", token: canary ? direct(custodians, type, "canary.example") : token.replace(/^./, token[0] === "A" ? "B" : "A") },
  });
  const map = new Memory();
  const sleeps = [];
  const sleep = async (ms) => void sleeps.push(ms);
  const make = () =>
    new Tokenizer({
      entries: [entry("domain"), entry("email")],
      map,
      normalize: (_type, raw) => raw.toLowerCase(),
      evaluate: (one, hop, elements, how) => evaluate(one, hop, elements, { ...how, bearer: `b-${hop.name}`, sleep }),
    });
  const asked = () => custodians.map((one) => one.asked.reduce((sum, each) => sum + each.elements.length, 0));
  return { custodians, map, sleeps, make, asked, tokenizer: make() };
}

const values = (count, type = "domain") => Array.from({ length: count }, (_, index) => ({ type, canonical: `v${index}.example` }));
const failsWith = (promise, code) => assert.rejects(promise, (error) => error.code === code || assert.fail(`${error.code}, not ${code}`));

test("order kept, twice is once, known is not asked; the tokens are the keys' own", async () => {
  const { tokenizer, custodians, asked, make } = await scene();
  const question = [...values(3), { type: "email", canonical: "a@b.example" }, ...values(2)];
  const seen = [];
  const tokens = await tokenizer.tokenize(question, { onProgress: (one) => seen.push(one) });
  assert.deepEqual(tokens.map((one) => one.token), question.map((one) => direct(custodians, one.type, one.canonical)));
  assert.deepEqual(tokens[3], { type: "email", epoch: 1, token: direct(custodians, "email", "a@b.example") });
  assert.deepEqual(seen.at(-1), { done: 4, total: 4 });
  assert.deepEqual(asked(), [6, 6], "four values and two canaries, at each custodian");
  await make().tokenize([...values(4)]);
  assert.deepEqual(asked(), [7, 7], "only the new one, and the canary of this chain passed today");
  const [first, second] = custodians.map((one) => one.asked[0]);
  assert.equal(first.bearer, "Bearer b-platform");
  assert.equal(second.bearer, "Bearer b-partner");
});

test("600 values go in pieces, and every blind is fresh", async () => {
  const { tokenizer, custodians } = await scene();
  const tokens = await tokenizer.tokenize(values(600));
  assert.equal(new Set(tokens.map((one) => one.token)).size, 600);
  assert.ok(custodians[0].asked.every((one) => one.elements.length <= 1000));
  assert.equal(new Set(custodians[0].asked.flatMap((one) => one.elements)).size, 601);
});

test("a wrong proof: nothing is handed out, and it is not sent again", async () => {
  for (const which of [0, 1]) {
    const { tokenizer, custodians, map } = await scene();
    await tokenizer.tokenize(values(1));
    const { publicKey, secretKey } = voprf.generateKeyPair();
    custodians[which].failures.push((answer) => {
      const elements = custodians[which].asked.at(-1).elements.map(decode32);
      const forged = voprf.blindEvaluateBatch(secretKey, publicKey, elements);
      return [200, { ...answer, elements: forged.evaluated.map(encode), proof: encode(forged.proof) }];
    });
    await failsWith(tokenizer.tokenize(values(5)), "proof-invalid");
    assert.equal(map.evaluations.size, 0);
    assert.equal((await tokenizer.tokenize(values(5))).length, 5, "a custodian that is right again is used again");
  }
});

test("an answer to another question is as wrong as a wrong proof", async () => {
  const changes = [
    (answer) => ({ ...answer, type: "email" }),
    (answer) => ({ ...answer, epoch: 2 }),
    (answer) => ({ ...answer, custodian: "partner" }),
    (answer) => ({ ...answer, elements: answer.elements.slice(1) }),
    (answer) => ({ ...answer, elements: [...answer.elements].reverse() }),
    (answer) => ({ ...answer, proof: "A".repeat(86) }),
    () => "not json",
    () => [],
  ];
  for (const change of changes) {
    const { tokenizer, custodians } = await scene();
    await tokenizer.tokenize(values(1));
    custodians[0].failures.push((answer) => [200, change(answer)]);
    await failsWith(tokenizer.tokenize(values(4)), "proof-invalid");
  }
});

test("a canary that differs stops before any value is sent", async () => {
  const { tokenizer, asked } = await scene({ canary: false });
  await failsWith(tokenizer.tokenize(values(5)), "canary-mismatch");
  assert.deepEqual(asked(), [1, 1]);
  await failsWith(tokenizer.tokenize([{ type: "imei", canonical: "1" }, ...values(2)]), "type-unknown");
  assert.deepEqual(asked(), [1, 1]);
});

test("a short failure is waited out with the same bytes and key; a quota is not", async () => {
  const { tokenizer, custodians, sleeps } = await scene();
  await tokenizer.tokenize(values(1));
  custodians[0].failures.push(() => [503, { code: "unavailable" }, { "Retry-After": "2" }], () => [409, { code: "idempotency-busy" }]);
  await tokenizer.tokenize(values(2));
  const [one, two, three] = custodians[0].asked.slice(-3);
  assert.equal(one.key, two.key);
  assert.equal(two.key, three.key);
  assert.deepEqual(one.elements, three.elements);
  assert.equal(sleeps[0], 2000);
  custodians[1].failures.push(() => [429, { code: "quota-exhausted" }, { "Retry-After": "1" }]);
  await failsWith(tokenizer.tokenize(values(3)), "quota-exhausted");
  assert.equal(sleeps.length, 2, "nobody waits for midnight");
});

test("after a break the same bytes go on where they stopped, and what was made is kept", async () => {
  const { tokenizer, custodians, map, make } = await scene();
  await tokenizer.tokenize(values(1));
  custodians[1].failures.push(() => [429, { code: "quota-exhausted" }]);
  await failsWith(tokenizer.tokenize(values(3)), "quota-exhausted");
  assert.equal(map.evaluations.size, 1);
  const atFirst = custodians[0].asked.length;
  const broken = custodians[1].asked.at(-1);
  await make().tokenize(values(3));
  assert.equal(custodians[0].asked.length, atFirst, "the first custodian has answered already");
  assert.equal(custodians[1].asked.at(-1).key, broken.key);
  assert.deepEqual(custodians[1].asked.at(-1).elements, broken.elements);
  assert.equal(map.evaluations.size, 0);
});

test("refusals of the key, of the institution, of anything else", async () => {
  const cases = [
    [401, "unauthenticated", "key-refused"],
    [401, "key-revoked", "key-refused"],
    [403, "scope-missing", "key-refused"],
    [403, "institution-suspended", "institution-suspended"],
    [422, "epoch-retired", "epoch-retired"],
    [422, "element-invalid", "custodian-refused"],
    [500, "internal", "custodian-failed"],
  ];
  for (const [status, problem, code] of cases) {
    const { tokenizer, custodians } = await scene();
    custodians[0].failures.push(() => [status, { code: problem }]);
    await failsWith(tokenizer.tokenize(values(1)), code);
  }
});

test("a custodian that is down, or sends somewhere else", async () => {
  const { tokenizer, custodians, sleeps } = await scene();
  custodians[0].failures.push(...Array(20).fill(() => [307, {}, { Location: `${custodians[1].url}/evaluate` }]));
  await failsWith(tokenizer.tokenize(values(1)), "custodian-down");
  assert.ok(sleeps.reduce((sum, ms) => sum + ms, 0) <= 5000);
  assert.equal(custodians[1].asked.length, 0, "a redirect is not followed: it would carry the bearer elsewhere");
});

test("stopped by a person: no token, and the next time goes on", async () => {
  const { tokenizer } = await scene();
  const control = new AbortController();
  const asked = tokenizer.tokenize(values(600), { signal: control.signal, onProgress: ({ done }) => done > 0 && control.abort() });
  await failsWith(asked, "aborted");
  assert.equal((await tokenizer.tokenize(values(600))).length, 600);
});

test("what is left of a quota", async () => {
  const { custodians } = await scene();
  assert.deepEqual(await quotaAt(custodians[0], { bearer: "x" }), { custodian: "platform", used: 3, limit: 10 });
  custodians[0].failures.push(() => [401, { code: "unauthenticated" }]);
  await failsWith(quotaAt(custodians[0], { bearer: "x" }), "key-refused");
});
