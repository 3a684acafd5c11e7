// Sending evidence: the digest of a file read in pieces, and pieces that break off, overlap, wait and give up.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digestOf } from "../../config/frontend/evidence/digest.js";
import { PIECE, passes, sendAll } from "../../config/frontend/evidence/sending.js";
import texts from "../../config/frontend/text/evidence.js";

const MIB = 1024 * 1024;
const BYTES = Uint8Array.from({ length: 2 * PIECE + 12_345 }, (_, index) => (index * 31 + (index >> 12)) % 251);
const FILE = new Blob([BYTES]);

const problem = (code, more = {}) => Object.assign(new Error(code), { code, status: 0, extra: {} }, more);

/** The platform's half: keeps what arrives where the upload stands, and fails as the script of failures says. */
function vault(failures = {}) {
  const kept = new Uint8Array(BYTES.length);
  const seen = { offset: 0, calls: 0, asked: 0, waits: [], kept };
  const take = async (offset, body, upTo = body.size) => {
    kept.set(new Uint8Array(await body.slice(0, upTo).arrayBuffer()), offset);
    seen.offset = offset + upTo;
  };
  seen.door = {
    async piece(_upload, offset, body) {
      const failure = failures[(seen.calls += 1)];
      if (offset !== seen.offset) {
        throw problem("upload-offset", { status: 409, extra: { offset: seen.offset } });
      }
      if (failure?.taken !== undefined) {
        await take(offset, body, failure.taken); // so much of it was stored before it broke off
      }
      if (failure) {
        throw failure;
      }
      await take(offset, body);
      return { offset: seen.offset };
    },
    async where() {
      seen.asked += 1;
      return { offset: seen.offset };
    },
  };
  seen.wait = async (ms) => seen.waits.push(ms);
  return seen;
}

function sending(seen, { file = FILE, from = 0, signal = new AbortController().signal, onProgress = () => {} } = {}) {
  const upload = { upload: "EU-1", offset: from };
  return sendAll(file, upload, { door: seen.door, signal, onProgress, onWait: () => {}, wait: seen.wait });
}

test("the digest is that of the whole file, however it is cut", async () => {
  const wanted = createHash("sha256").update(BYTES).digest("hex");
  for (const piece of [MIB, PIECE, BYTES.length, BYTES.length + 1]) {
    const read = [];
    assert.equal(await digestOf(FILE, { piece, onRead: (bytes) => read.push(bytes) }), wanted);
    assert.equal(read.at(-1), BYTES.length);
  }
  assert.equal(await digestOf(new Blob([])), createHash("sha256").digest("hex"));
});

test("all pieces arrive once and in order", async () => {
  const seen = vault();
  const progress = [];
  await sending(seen, { onProgress: (stored) => progress.push(stored) });
  assert.deepEqual(seen.kept, BYTES);
  assert.deepEqual(progress, [PIECE, 2 * PIECE, BYTES.length]);
  assert.equal(seen.calls, 3);
});

test("a piece that breaks off goes on from what was stored", async () => {
  const seen = vault({ 2: problem("network", { taken: MIB }), 3: problem("unavailable", { status: 503, taken: 0 }) });
  await sending(seen);
  assert.deepEqual(seen.kept, BYTES);
  assert.equal(seen.asked, 2, "it asks where the upload stands, for it cannot know");
  assert.equal(seen.waits.length, 2);
});

test("an upload that stands elsewhere is followed, in another tab or before a break", async () => {
  const seen = vault();
  await seen.door.piece("EU-1", 0, FILE.slice(0, 3 * MIB));
  await sending(seen);
  assert.deepEqual(seen.kept, BYTES);
});

test("it goes on from an offset", async () => {
  const seen = vault();
  await seen.door.piece("EU-1", 0, FILE.slice(0, PIECE));
  await sending(seen, { from: PIECE });
  assert.deepEqual(seen.kept, BYTES);
  assert.equal(seen.calls, 3);
});

test("what does not pass is told at once", async () => {
  for (const code of ["media-refused", "transition-refused", "not-found", "permission-missing", "session-over", "kek-missing"]) {
    const seen = vault({ 1: problem(code, { status: 422 }) });
    await assert.rejects(sending(seen), { code });
    assert.equal(seen.waits.length, 0);
  }
  assert.equal(passes(problem("x", { status: 504 })), true);
  assert.equal(passes(problem("x", { status: 500 })), false);
});

test("a platform that stays away is given up, in bounded time", async () => {
  const seen = vault(Object.fromEntries(Array.from({ length: 99 }, (_, index) => [index + 1, problem("network")])));
  await assert.rejects(sending(seen), { code: "network" });
  assert.ok(seen.waits.length <= 9 && Math.max(...seen.waits) <= 30_000);
});

test("pausing stops it, and no piece is sent afterwards", async () => {
  const seen = vault();
  const stop = new AbortController();
  const under = sending(seen, { signal: stop.signal, onProgress: () => stop.abort() });
  await assert.rejects(under, { name: "AbortError" });
  assert.equal(seen.calls, 1);
});

test("texts are there in both languages", () => {
  for (const [key, row] of Object.entries(texts)) {
    assert.match(row.zh, /[\u4e00-\u9fff]|\{/, key);
    assert.ok(row.en && !/[\u4e00-\u9fff]/.test(row.en), key);
    assert.deepEqual(row.zh.match(/\{\w+\}/g)?.sort(), row.en.match(/\{\w+\}/g)?.sort(), key);
  }
});
