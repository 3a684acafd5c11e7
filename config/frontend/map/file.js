// The CLI's map file (SQLite, aif_share/client/map.py), read and written with SQLite's own code (sql.js).
// Pure: bytes in, bytes out; the same in the worker and in the tests.
import { TokenError } from "../tokens/errors.js";
import { MAX_BYTES } from "./limits.js";

const APPLICATION_ID = 0x41494653;
const FORMAT = 1;

// As in aif_share/client/map.py; a test compares the two.
const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE submitted (id INTEGER PRIMARY KEY, client_ref TEXT NOT NULL, position INTEGER NOT NULL,
                        type TEXT NOT NULL, raw TEXT NOT NULL, UNIQUE (client_ref, position));
CREATE TABLE token (key BLOB PRIMARY KEY, token BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE evaluation (id TEXT PRIMARY KEY, type TEXT NOT NULL, chain BLOB NOT NULL, canonicals TEXT NOT NULL,
                         blinds BLOB NOT NULL, hop INTEGER NOT NULL, elements BLOB NOT NULL);
CREATE TABLE job (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0,
                  next_row INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX job_open ON job (fingerprint) WHERE done = 0;
CREATE TABLE chunk (job INTEGER NOT NULL, no INTEGER NOT NULL, first_row INTEGER NOT NULL,
                    idempotency_key TEXT NOT NULL, lines BLOB NOT NULL, body BLOB, answer TEXT,
                    PRIMARY KEY (job, no));
CREATE TABLE refused (job INTEGER NOT NULL, line INTEGER NOT NULL, code TEXT NOT NULL,
                      PRIMARY KEY (job, line)) WITHOUT ROWID;
`;
const HEADER = "SQLite format 3\0";
const TABLES = {
  submitted: ["id", "client_ref", "position", "type", "raw"],
  token: ["key", "token"],
  evaluation: ["id", "type", "chain", "canonicals", "blinds", "hop", "elements"],
  job: ["id", "fingerprint", "done", "next_row"],
  chunk: ["job", "no", "first_row", "idempotency_key", "lines", "body", "answer"],
  refused: ["job", "line", "code"],
};

/**
 * @typedef {object} MapContents rows as in the file's tables, each an array of its columns
 * @property {Uint8Array} secret
 * @property {any[][]} submitted
 * @property {any[][]} token
 * @property {any[][]} evaluation
 * @property {any[][]} job
 * @property {any[][]} chunk
 * @property {any[][]} refused
 */

/**
 * @param {any} SQL what sql.js gives
 * @param {Uint8Array} bytes
 * @returns {MapContents} throws TokenError `map-invalid`, `map-version` or `map-too-large`
 */
export function readMap(SQL, bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new TokenError("map-too-large", { megabytes: MAX_BYTES >> 20 });
  }
  if (new TextDecoder("latin1").decode(bytes.subarray(0, 16)) !== HEADER) {
    throw new TokenError("map-invalid");
  }
  // The CLI writes in WAL mode; closed, the file is whole, but SQLite in memory knows no WAL (bytes 18 and 19).
  const plain = Uint8Array.from(bytes);
  plain[18] = 1;
  plain[19] = 1;
  let db;
  try {
    db = new SQL.Database(plain);
    return contents(db);
  } catch (error) {
    throw error instanceof TokenError ? error : new TokenError("map-invalid");
  } finally {
    db?.close();
  }
}

/**
 * @param {any} SQL what sql.js gives
 * @param {MapContents} all
 * @returns {Uint8Array} a file that the CLI opens
 */
export function writeMap(SQL, all) {
  const db = new SQL.Database();
  try {
    db.run(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT};`);
    db.run(`BEGIN; ${SCHEMA}`);
    db.run("INSERT INTO meta VALUES ('secret', ?)", [all.secret]);
    for (const [table, columns] of Object.entries(TABLES)) {
      const insert = db.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
      for (const row of all[table] ?? []) {
        insert.run(row);
      }
      insert.free();
    }
    db.run("COMMIT");
    return db.export();
  } finally {
    db.close();
  }
}

function contents(db) {
  const one = (sql) => db.exec(sql)[0]?.values[0]?.[0];
  if (one("PRAGMA application_id") !== APPLICATION_ID) {
    throw new TokenError("map-invalid");
  }
  const format = one("PRAGMA user_version");
  if (format !== FORMAT) {
    throw new TokenError("map-version", { format });
  }
  const secret = one("SELECT value FROM meta WHERE name = 'secret'");
  if (!(secret instanceof Uint8Array) || secret.length !== 32) {
    throw new TokenError("map-invalid");
  }
  const all = { secret };
  for (const [table, columns] of Object.entries(TABLES)) {
    all[table] = db.exec(`SELECT ${columns.join(", ")} FROM ${table} ORDER BY 1, 2`)[0]?.values ?? [];
  }
  return all;
}
