// What people paste is read line by line; what is too much for a page becomes a command.
import assert from "node:assert/strict";
import test from "node:test";
import { command } from "../../config/frontend/asking/command.js";
import { guessType, readLines, readValues } from "../../config/frontend/asking/values.js";
import texts from "../../config/frontend/text/asking.js";
import platform from "../../config/frontend/text/platform.js";

globalThis.document ??= { documentElement: { lang: "en" } };

test("lines keep their numbers, whatever ends them", () => {
  assert.deepEqual(readLines("a.example\r\n\n  b.example \rc.example"), [
    { line: 1, raw: "a.example" },
    { line: 3, raw: "b.example" },
    { line: 4, raw: "c.example" },
  ]);
  assert.deepEqual(readLines(" \n\t\n"), []);
});

test("one value in many spellings is asked once, and the first spelling is kept", () => {
  const { values, refused, repeated } = readValues(readLines("138 0013 8000\n+86-138-0013-8000\n８６１３８００１３８０００\n13900139000"), "cn-mobile");
  assert.deepEqual(values, [
    { line: 1, raw: "138 0013 8000", canonical: "+8613800138000" },
    { line: 4, raw: "13900139000", canonical: "+8613900139000" },
  ]);
  assert.deepEqual([refused, repeated], [[], 2]);
});

test("a line that is no value of the type says why, by number and never by content", () => {
  const { values, refused } = readValues(readLines("shop.example\nhttps://shop.example/x"), "domain");
  assert.equal(values.length, 1);
  assert.deepEqual([refused[0].line, refused[0].suggestedType], [2, "url"]);
  assert.ok(!JSON.stringify(refused).includes("shop.example"));
});

test("the type is what most lines seem to be", () => {
  assert.equal(guessType(readLines("shop.example\nmail@shop.example\nother.example")), "domain");
  assert.equal(guessType(readLines("")), null);
});

test("the command says the same and quotes what a shell would read", () => {
  assert.equal(
    command("screening", { type: "domain", purpose: "investigation", caseRef: "2026#7", basis: "" }),
    "aif-share screen values.txt --type domain --purpose investigation --case-ref '2026#7'",
  );
  assert.equal(
    command("watch", { type: "domain", purpose: "investigation", days: 90 }),
    "aif-share watch add values.txt --type domain --purpose investigation --expires-at 90d",
  );
  assert.equal(command("noise", { type: "domain", list: "own-domain" }), "aif-share noise add own-domain values.txt --type domain");
  assert.equal(command("screening", { type: "", purpose: "" }), "aif-share screen values.txt --type TYPE --purpose PURPOSE");
});

test("every text is there in both languages", () => {
  for (const [key, row] of Object.entries({ ...texts, ...platform })) {
    assert.ok(row.zh && row.en, key);
    assert.match(row.zh, /[\u4e00-\u9fff]|^[ /0-9。]+$/, key);
    const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
    assert.deepEqual(holes(row.zh), holes(row.en), key);
  }
});
