// The worker that opens and saves the CLI's map file. It alone may compile wasm (SQLite), and it reaches no custodian.
import initSqlJs from "sql.js";
import { readMap, writeMap } from "../map/file.js";
import { exported, taken } from "../map/transfer.js";
import { asTokenError } from "../tokens/errors.js";

let loading = null;

const CALLS = {
  async open(SQL, { owner, bytes }) {
    return taken(owner, readMap(SQL, new Uint8Array(bytes)));
  },
  async save(SQL, { owner }) {
    return writeMap(SQL, await exported(owner));
  },
};

self.addEventListener("message", async ({ data: { id, name, question } }) => {
  try {
    loading ??= initSqlJs({ locateFile: () => question.sqlite });
    self.postMessage({ id, result: await CALLS[name](await loading, question) });
  } catch (error) {
    self.postMessage({ id, error: asTokenError(error).toData() });
  }
});
