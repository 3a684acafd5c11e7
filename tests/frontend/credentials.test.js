// A key made in the browser: the same verifiers as aif_share/wire/keys.py derives, and a file that it reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PLATFORM, custodianServer, fileOf, makeKey, verifierFor } from "../../config/frontend/credentials/making.js";
import texts from "../../config/frontend/text/credentials.js";

const KEY = { id: "abcd2345", secret: Uint8Array.from({ length: 32 }, (_, index) => index) };
// From Python: verifier(MemberKey("abcd2345", bytes(range(32))).bearer_for(server))
const VERIFIERS = {
  [PLATFORM]: "d2af22fdb1f26519c660714f8423870a16199765240e84ae896b1787cc8f2193",
  [custodianServer("platform")]: "b87ab27c9c8fe307cdb2d16d037cc55a781e40b841174929a0ec2a6c2f17944a",
  [custodianServer("partner")]: "28b11f30f70c19a81fa563df1c5589e8343a89dda21c7dd7f1c10fd0d4a387ff",
};

test("verifiers are Python's", async () => {
  for (const [server, wanted] of Object.entries(VERIFIERS)) {
    assert.equal(await verifierFor(KEY, server), wanted);
  }
});

test("the file is one line, named by institution and key", () => {
  assert.deepEqual(fileOf(KEY, "I-ABC"), {
    name: "I-ABC-browser-abcd2345.aifkey",
    text: "aif_live_abcd2345_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
  });
});

test("keys are well-formed and differ", () => {
  const made = Array.from({ length: 300 }, makeKey);
  for (const key of made) {
    assert.match(fileOf(key, "I").text, /^aif_live_[a-z0-9]{8}_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\n$/);
  }
  assert.equal(new Set(made.map((key) => key.id)).size, 300);
  assert.equal(new Set(made.map((key) => fileOf(key, "I").text)).size, 300);
  const seen = new Set(made.map((key) => key.id).join(""));
  assert.equal(seen.size, 36, "every character of the alphabet occurs");
});

test("texts are there in both languages", () => {
  for (const [key, row] of Object.entries(texts)) {
    assert.deepEqual(Object.keys(row).sort(), ["en", "zh"], key);
    assert.match(row.zh, /\p{Script=Han}/u, key);
  }
});
