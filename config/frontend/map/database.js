// The browser's store of one person at one institution: map, tokens known, key, pins, drafts. IndexedDB, this origin.
// Nothing in it is ever posted; another person on the same machine has a database of their own name.
import { openDB } from "idb";

const VERSION = 1;

/** @type {Map<string, Promise<import("idb").IDBPDatabase>>} */
const open = new Map();

/**
 * The database of one owner (`<institution ref>/<user ref>`), opened once.
 *
 *     meta         name -> value                      secret (32 bytes), canary|<type>
 *     submitted    {id, client_ref, position, type, raw}   as in the CLI's map; unique (client_ref, position)
 *     token        16 bytes -> 32 bytes
 *     evaluation   {id, type, chain, canonicals, blinds, hop, elements, at}   on its way
 *     journal      table -> rows                      submissions of the CLI, kept for it (job, chunk, refused)
 *     key          "key" -> {id, key, loadedAt}       a CryptoKey that cannot be exported
 *     pin          key id -> the alliance's public key
 *     draft        name -> anything                   work of a page that must survive an expired session
 *
 * @param {string} owner
 */
export function database(owner) {
  if (!open.has(owner)) {
    const opening = openDB(`aif-share ${owner}`, VERSION, {
      upgrade: create,
      blocking(_current, _blocked, event) {
        event.target.close(); // a newer version of the page, in another tab, goes first
        open.delete(owner);
      },
      terminated() {
        open.delete(owner);
      },
    });
    opening.catch(() => open.delete(owner));
    open.set(owner, opening);
  }
  return open.get(owner);
}

function create(db) {
  db.createObjectStore("meta");
  const submitted = db.createObjectStore("submitted", { keyPath: "id", autoIncrement: true });
  submitted.createIndex("place", ["client_ref", "position"], { unique: true });
  db.createObjectStore("token");
  db.createObjectStore("evaluation", { keyPath: "id" });
  db.createObjectStore("journal");
  db.createObjectStore("key");
  db.createObjectStore("pin");
  db.createObjectStore("draft");
}
