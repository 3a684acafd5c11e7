// The signed directory and the key file, as aif_share makes them: the constants here came out of Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bearerFor, importKey } from "../../config/frontend/key/file.js";
import { clientRef, hmacKey, tokenKey } from "../../config/frontend/map/index.js";
import { encode } from "../../config/frontend/oprf/encoding.js";
import { chainDigest, currentEntry, custodiansOf, openSigned } from "../../config/frontend/tokens/directory.js";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (from) => Uint8Array.from({ length: 32 }, (_, index) => from + index);
const A = "A".repeat(43);
// aif_share.wire.directory.to_signed with the key of 32 zero bytes.
const SIGNED = {
  signed: `{"entries":[{"canary":{"input":"例.com","token":"${A}"},"custodians":[{"name":"platform","public_key":"${A}","url":"https://one.example/"},{"name":"partner","public_key":"${A}","url":"http://127.0.0.1:9/x"}],"epoch":1,"not_after":null,"not_before":"2026-11-22T00:00:00Z","suite":"ristretto255-SHA512","type":"domain"}],"issued_at":"2026-11-22T00:00:00Z","version":1}`,
  public_key: "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik",
  signature: "hkYJEc8bK9OLMZW9afl2QIlc0TOgKcjyLW6VBjhyGTWZgbvwgmYGVOf8yLpNIAsXAfwWJMs7XkN1jdWfiTRIBw",
};
const OWN = ed25519.utils.randomSecretKey();

function signed(change) {
  const body = JSON.parse(SIGNED.signed);
  change(body);
  const text = JSON.stringify(body);
  return {
    signed: text,
    public_key: encode(ed25519.getPublicKey(OWN)),
    signature: encode(ed25519.sign(new TextEncoder().encode(text), OWN)),
  };
}

const fails = (document, pinned, code) => assert.rejects(openSigned(document, pinned), (error) => error.code === code);

test("what Python signed opens, at the first use and under its pin", async () => {
  for (const pin of [undefined, SIGNED.public_key]) {
    const entries = await openSigned(SIGNED, pin);
    assert.equal(entries.length, 1);
    assert.deepEqual(custodiansOf(entries), [
      { name: "platform", url: "https://one.example" },
      { name: "partner", url: "http://127.0.0.1:9/x" },
    ]);
    assert.equal(hex(await chainDigest(entries[0])), "265d5fdadb2292dc682f61367a375dbf5e49650c62cc4f4d84f77f301479693e");
    assert.equal(entries[0].canary.input, "例.com");
  }
});

test("an older browser, without Ed25519 of its own, checks the same", async (t) => {
  t.mock.method(crypto.subtle, "importKey", () => Promise.reject(new Error("NotSupportedError")));
  await openSigned(SIGNED, SIGNED.public_key);
  await fails({ ...SIGNED, signed: SIGNED.signed.replace('"epoch":1', '"epoch":2') }, undefined, "directory-unsigned");
});

test("another signing key, a changed text, a signature that does not hold", async () => {
  await fails(SIGNED, A, "pin-mismatch");
  await fails(signed(() => {}), SIGNED.public_key, "pin-mismatch");
  await fails({ ...SIGNED, signed: SIGNED.signed.replace('"epoch":1', '"epoch":2') }, undefined, "directory-unsigned");
  await fails({ ...SIGNED, signature: `B${SIGNED.signature.slice(1)}` }, undefined, "directory-unsigned");
  for (const broken of [null, {}, { ...SIGNED, signature: 7 }, { ...SIGNED, public_key: "x" }]) {
    await fails(broken, undefined, "directory-unsigned");
  }
});

test("signed, but not of this form", async () => {
  const [entry] = JSON.parse(SIGNED.signed).entries;
  const changes = [
    (body) => (body.version = 2),
    (body) => body.entries.push(entry),
    (body) => (body.entries[0].custodians = []),
    (body) => (body.entries[0].custodians[1].name = "platform"),
    (body) => (body.entries[0].custodians[0].name = "Platform"),
    (body) => (body.entries[0].custodians[0].url = "javascript:alert(1)"),
    (body) => (body.entries[0].custodians[0].public_key = "short"),
    (body) => (body.entries[0].epoch = 0),
    (body) => (body.entries[0].epoch = "1"),
    (body) => (body.entries[0].not_before = "2026-11-22T00:00:00"),
    (body) => delete body.entries[0].canary,
    (body) => (body.entries = 7),
  ];
  for (const change of changes) {
    await fails(signed(change), undefined, "directory-malformed");
  }
});

test("the newest entry in force is used", async () => {
  const document = signed((body) => {
    const [first] = body.entries;
    body.entries.push(
      { ...first, epoch: 2 },
      { ...first, epoch: 3, not_before: "2999-01-01T00:00:00Z" },
      { ...first, epoch: 4, not_after: "2026-11-22T00:00:01Z" },
      { ...first, epoch: 5, suite: "P256-SHA256" },
    );
  });
  const entries = await openSigned(document, undefined);
  assert.equal(currentEntry(entries, "domain", Date.UTC(2026, 11, 1)).epoch, 2);
  assert.throws(() => currentEntry(entries, "email"), (error) => error.code === "type-unknown");
  assert.throws(() => currentEntry(entries, "domain", Date.UTC(2020, 0, 1)), (error) => error.code === "type-unknown");
});

test("a key file: bearers as in Python, and a key that cannot be read out", async () => {
  const text = "aif_live_a1b2c3d4_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  for (const file of [text, `${text}\n`, `\uFEFF${text}\r\n`]) {
    const loaded = await importKey(file);
    assert.equal(loaded.id, "a1b2c3d4");
    assert.equal(loaded.key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("raw", loaded.key));
    assert.equal(await bearerFor(loaded, "platform"), "aif_live_a1b2c3d4_T6GT3lazrKOm6lwq0REUiNsqovX6CyGkbPldqCbuf08");
    assert.equal(await bearerFor(loaded, "partner"), "aif_live_a1b2c3d4_Xgl2ELcbImqYUjMl4bnK4Jfg2RgSorc1_0Ka02mH-Ko");
    await assert.rejects(bearerFor(loaded, "a/../b"));
  }
});

test("what is no key file is refused, and not repeated", async () => {
  const text = "aif_live_a1b2c3d4_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  for (const wrong of ["", text.slice(0, -1), `${text.slice(0, -1)}9`, text.toUpperCase(), `${text}\n${text}`, "x".repeat(5000)]) {
    await assert.rejects(importKey(wrong), (error) => error.code === "key-malformed" && !JSON.stringify(error).includes("AAEC"));
  }
});

test("references and keys of the map as in aif_share/client/map.py", async () => {
  const key = await hmacKey(bytes(0));
  assert.equal(await clientRef(key, 7, [["domain", "example.com"], ["sms-signature", "测试"]]), "qeH_3bI0uIq45WyUKVTi4K");
  assert.equal(hex(await tokenKey(key, bytes(32), "sms-signature", "测试")), "c11e15adc8194830f795088656a7bef1");
});
