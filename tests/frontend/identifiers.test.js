// Normalization in the browser's code against docs/api/vectors.json, which Python made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { IdentifierError, detect, explain, normalize, rawKind, types, warnings } from "../../config/frontend/identifiers/index.js";
import { parse } from "../../config/frontend/identifiers/numbering.js";
import texts from "../../config/frontend/text/identifiers.js";

const vectors = JSON.parse(readFileSync(new URL("../../docs/api/vectors.json", import.meta.url), "utf8"));

function outcome(type, raw) {
  try {
    return { canonical: normalize(type, raw) };
  } catch (error) {
    assert(error instanceof IdentifierError, `${type}: ${error.stack}`);
    return { canonical: null, code: error.code, suggested_type: error.suggestedType, reason: error.reason };
  }
}

test("every spelling that has a token gets its canonical form, and that stays as it is", () => {
  assert(vectors.tokens.length >= 300);
  for (const { type, raw, canonical } of vectors.tokens) {
    assert.equal(outcome(type, raw).canonical, canonical, `${type} ${raw}`);
    assert.equal(outcome(type, canonical).canonical, canonical, `${type} ${canonical}`);
  }
});

test("what Python refuses is refused, with the same code and the same type to use instead", () => {
  for (const { type, raw, code, suggested_type } of vectors.rejects) {
    const { reason, ...found } = outcome(type, raw);
    assert.deepEqual(found, { canonical: null, code, suggested_type }, `${type} ${raw}`);
  }
});

test("odd and hostile spellings end as in Python", () => {
  for (const { type, raw, canonical, code, suggested_type } of vectors.spellings) {
    const { reason, ...found } = outcome(type, raw);
    assert.deepEqual(found, canonical === null ? { canonical, code, suggested_type } : { canonical }, `${type} ${raw}`);
  }
});

test("every reason has a text in both languages, and no text holds the value", () => {
  const given = [...vectors.rejects, ...vectors.spellings].filter((row) => !row.canonical);
  for (const { type, raw } of given) {
    const { reason } = outcome(type, raw);
    assert(reason in texts, `${type}: ${reason}`);
    for (const language of ["zh-hans", "en"]) {
      const said = explain(new IdentifierError(reason), language);
      assert(said.length > 5 && (raw.length < 6 || !said.includes(raw)), reason);
    }
  }
  for (const [key, { zh, en }] of Object.entries(texts)) {
    assert(/[\u4e00-\u9fff]/.test(zh) && /^[\x20-\x7e号备证ICP备证…]+$/u.test(en), key);
  }
});

test("an unknown type, something that is no text, and too much text are refused", () => {
  assert.throws(() => normalize("no-such-type", "x"), { code: "type-unknown" });
  assert.throws(() => normalize("toString", "x"), { code: "type-unknown" });
  assert.throws(() => normalize("qq", 123456), { reason: "not-text" });
  assert.throws(() => normalize("qq", "1".repeat(4097)), { reason: "too-long" });
  assert.throws(() => normalize("qq", "12345\ud800"), { reason: "not-unicode" });
  assert.throws(() => normalize("qq", " \u200b "), { reason: "empty" });
});

test("characters newer than Unicode 14 are left alone, whatever the browser knows", () => {
  assert.equal(normalize("wechat-channels", "ab\u{1e030}"), "ab\u{1e030}"); // composes since Unicode 15
  assert.equal(normalize("wechat-channels", "ab\ua7cb"), "ab\ua7cb"); // has a small letter since Unicode 16
  assert.equal(outcome("weibo", "ab\u{105c9}cd").canonical, null); // no letter yet
});

test("a host is written as every browser writes it", () => {
  assert.equal(normalize("domain", "STRAẞE.example"), normalize("domain", "straße.example"));
  assert.equal(normalize("domain", "XN--A.example"), "xn--a.example");
  assert.equal(normalize("url", "http://xn--a.example/a|b^c?d|e^f"), "http://xn--a.example/a|b%5Ec?d|e^f");
  assert.throws(() => normalize("url", "http://a|b.example/"), { reason: "url-malformed" });
});

test("a number that stands for a person is known in a reference of one's own", () => {
  for (const [text, kind] of Object.entries({
    "CASE-13800138000": "cn-mobile",
    "11010519491231002X": "resident-id",
    "6222 0212 3456 7890 128": "bank-card",
    "4111 1111 1111 1111": "bank-card",
    "010-62345678": "cn-landline",
    "2026-11-01-0001": null,
    "row-000123": null,
  })) {
    assert.equal(rawKind(text), kind, text);
  }
});

test("doubts do not refuse, and a form gets a first guess", () => {
  assert.deepEqual(warnings("bank-card", "4111 1111 1111 1112"), ["luhn-failed"]);
  assert.deepEqual(warnings("bank-card", "4111 1111 1111 1111"), []);
  const guesses = { "138 0013 8000": "cn-mobile", "a.example": "domain", "https://a.example/b": "url", 张三: null };
  for (const [raw, type] of Object.entries(guesses)) {
    assert.equal(detect(raw), type, raw);
  }
});

test("types are named and marked", () => {
  assert.equal(types.length, 38);
  assert.equal(types.find((type) => type.code === "domain").personal, false);
  assert.equal(parse("+"), null);
});
