// The member's half of the VOPRF against docs/api/vectors.json: RFC 9497's own vectors, tokens that Python made,
// and everything that must be refused.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { decode32, decode64, encode } from "../../config/frontend/oprf/encoding.js";
import { ProofError, blind, finalize, tokenInput, usable, verify } from "../../config/frontend/oprf/voprf.js";

const vectors = JSON.parse(readFileSync(new URL("../../docs/api/vectors.json", import.meta.url), "utf8"));
const hex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");
// RFC 9496 appendix A.2, one of each group: non-canonical, negative, non-square, negative x·y, s = -1.
const BAD = [
  "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
  "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];
const publicKey = (custodian, type) => decode32(custodian.keys.find((key) => key.type === type).public);

// noble takes 48 random bytes for a scalar and reduces them to 1..n-1; this gives it back as wanted: scalar - 1.
function rngFor(scalar) {
  const value = Buffer.alloc(48);
  Buffer.from(scalar).copy(value);
  for (let index = 0; index < 48; index += 1) {
    if (value[index]-- !== 0) break;
  }
  return (length) => Uint8Array.from(value.subarray(0, length));
}

test("RFC 9497, appendix A.1.2: blind, proof and output", () => {
  const { public: key, cases } = vectors.rfc9497;
  assert.ok(cases.length >= 3);
  for (const { inputs, blinds, blinded, evaluated, proof, outputs } of cases) {
    inputs.forEach((input, index) => {
      const [made] = blind([hex(input)], rngFor(hex(blinds[index])));
      assert.equal(toHex(made.blind), blinds[index]);
      assert.equal(toHex(made.element), blinded[index]);
    });
    verify(hex(key), blinded.map(hex), evaluated.map(hex), hex(proof));
    assert.deepEqual(finalize(inputs.map(hex), blinds.map(hex), evaluated.map(hex)).map(toHex), outputs);
  }
});

test("every published token: both hops verified, the same output and token as Python's", () => {
  assert.ok(vectors.tokens.length > 200);
  for (const { type, canonical, input, blind: secret, blinded, evaluated, output, token } of vectors.tokens) {
    const bytes = tokenInput(type, canonical);
    assert.equal(toHex(bytes), input);
    const [made] = blind([bytes], rngFor(decode32(secret)));
    assert.equal(encode(made.element), blinded);
    let elements = [made.element];
    evaluated.forEach(({ element, proof }, hop) => {
      const answer = [decode32(element)];
      verify(publicKey(vectors.custodians[hop], type), elements, answer, decode64(proof));
      elements = answer;
    });
    const [made64] = finalize([bytes], [made.blind], elements);
    assert.equal(toHex(made64), output);
    assert.equal(encode(made64.subarray(0, 32)), token);
  }
});

test("a fresh blind each time", () => {
  const inputs = Array.from({ length: 50 }, () => tokenInput("domain", "example.com"));
  const made = blind(inputs);
  assert.equal(new Set(made.map((one) => encode(one.blind))).size, 50);
  assert.equal(new Set(made.map((one) => encode(one.element))).size, 50);
});

test("a batch proof binds key, set, order and every byte", () => {
  const { voprf } = ristretto255_oprf;
  const { secretKey, publicKey: key } = voprf.generateKeyPair();
  const sent = blind([1, 2, 3].map((number) => tokenInput("domain", `host-${number}.example`))).map((one) => one.element);
  const { evaluated, proof } = voprf.blindEvaluateBatch(secretKey, key, sent);
  verify(key, sent, evaluated, proof);
  const refused = (...answer) => assert.throws(() => verify(...answer), ProofError);
  refused(voprf.generateKeyPair().publicKey, sent, evaluated, proof);
  refused(key, sent, [evaluated[1], evaluated[0], evaluated[2]], proof);
  refused(key, sent.slice(0, 2), evaluated.slice(0, 2), proof);
  refused(key, sent, evaluated.slice(0, 2), proof);
  refused(key, [], [], proof);
  refused(key, sent, [evaluated[0], evaluated[1], sent[2]], proof);
  for (const place of [0, 31, 32, 63]) {
    const changed = Uint8Array.from(proof);
    changed[place] ^= 1;
    refused(key, sent, evaluated, changed);
  }
  refused(key, sent, evaluated, proof.subarray(0, 63));
  refused(key, sent, evaluated, new Uint8Array(64));
  // The same scalars again, plus the order: valid mod n, not canonical.
  for (const start of [0, 32]) {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    let value = order + [...proof.subarray(start, start + 32)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const changed = Uint8Array.from(proof);
    for (let index = 0; index < 32; index += 1, value >>= 8n) changed[start + index] = Number(value & 255n);
    refused(key, sent, evaluated, changed);
  }
});

test("elements that RFC 9496 refuses, the identity, and bit 255", () => {
  for (const text of BAD) assert.throws(() => usable(hex(text)));
  const shared = new URL("../../../shared/vectors/ristretto255_bad_encodings.json", import.meta.url);
  const all = existsSync(shared) ? JSON.parse(readFileSync(shared, "utf8")) : BAD; // all 29 where the folder is
  for (const text of all) assert.throws(() => usable(hex(text)));
  assert.throws(() => usable(new Uint8Array(32)));
  assert.throws(() => usable(new Uint8Array(31)));
  for (const { blinded } of vectors.tokens.slice(0, 50)) {
    const element = decode32(blinded);
    usable(element);
    element[31] |= 0x80;
    assert.throws(() => usable(element));
  }
});

test("an input that is empty or too long is refused, and so is a blind that does not belong", () => {
  assert.throws(() => blind([new Uint8Array()]));
  assert.throws(() => blind([new Uint8Array(65_536)]));
  const [one] = blind([tokenInput("domain", "a.example")]);
  assert.throws(() => finalize([tokenInput("domain", "a.example")], [one.blind, one.blind], [one.element]));
  assert.throws(() => finalize([tokenInput("domain", "a.example")], [new Uint8Array(32)], [one.element]));
  assert.throws(() => finalize([tokenInput("domain", "a.example")], [one.blind], [new Uint8Array(32)]));
});

test("one text for one value", () => {
  const { token } = vectors.tokens[0];
  assert.equal(encode(decode32(token)), token);
  const last = { A: "B", E: "F", Q: "R", s: "t" }[token.at(-1)] ?? String.fromCharCode(token.charCodeAt(42) + 1);
  for (const text of [token.slice(0, 42) + last, `${token}=`, ` ${token}`, `${token}\n`, token.slice(1), `${token.slice(0, 42)}+`, null, 7]) {
    assert.equal(decode32(text), null);
  }
  assert.equal(decode64(token), null);
  assert.equal(decode64(`${"A".repeat(85)}B`), null);
  assert.equal(encode(new Uint8Array(64)), "A".repeat(86));
});
