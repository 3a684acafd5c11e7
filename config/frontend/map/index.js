// The member's map in the browser: which raw value stands behind a client_ref, and which tokens are known already.
// The same map as aif_share/client/map.py, and both read each other's file (map/file.js); this one is IndexedDB.
import { encode } from "../oprf/encoding.js";
import { database } from "./database.js";

/**
 * @typedef {{ client_ref: string, position: number, type: string, raw: string }} Submitted
 * @typedef {object} Evaluation a request of evaluations on its way, kept so that a break repeats the same bytes
 * @property {string} id
 * @property {string} type
 * @property {Uint8Array} chain
 * @property {string[]} canonicals
 * @property {Uint8Array[]} blinds
 * @property {number} hop
 * @property {Uint8Array[]} elements what goes to custodian number `hop`
 */

const KEPT_MS = 24 * 60 * 60 * 1000; // what nobody came back for within a day is not sent again
const utf8 = new TextEncoder();

/** The map of one owner; `await MemberMap.open(owner)`. */
export class MemberMap {
  /** @param {string} owner `<institution ref>/<user ref>` */
  static async open(owner) {
    const db = await database(owner);
    const fresh = crypto.getRandomValues(new Uint8Array(32));
    const transaction = db.transaction("meta", "readwrite");
    let secret = await transaction.store.get("secret");
    if (!secret) {
      secret = fresh;
      await transaction.store.put(secret, "secret");
    }
    await transaction.done;
    return new MemberMap(db, await hmacKey(secret));
  }

  constructor(db, key) {
    this.db = db;
    this.key = key;
  }

  /** How many raw values it holds. */
  count() {
    return this.db.count("submitted");
  }

  /**
   * The client_ref of a record: HMAC-SHA256 over `row|type|canonical[|type|canonical…]`, 22 characters, so that the
   * same rows give the same references again, which the platform answers as duplicates.
   *
   * @param {number} row number of the record in its file, from 0
   * @param {[string, string][]} identifiers [type, canonical] of each, in order
   */
  clientRef(row, identifiers) {
    return clientRef(this.key, row, identifiers);
  }

  /**
   * Add raw values; what stands there first stays.
   *
   * @param {Submitted[]} rows
   */
  async remember(rows) {
    const transaction = this.db.transaction("submitted", "readwrite");
    const places = transaction.store.index("place");
    for (const { client_ref, position, type, raw } of rows) {
      if ((await places.getKey([client_ref, position])) === undefined) {
        await transaction.store.add({ client_ref, position, type, raw });
      }
    }
    await transaction.done;
  }

  /**
   * The value first submitted among places, null if the map knows none of them.
   *
   * @param {[string, number][]} places [client_ref, index of the identifier] of each
   */
  async raw(places) {
    const { store, done } = this.db.transaction("submitted");
    const found = await Promise.all(places.map((place) => store.index("place").get(place)));
    await done;
    return found.filter(Boolean).sort((one, other) => one.id - other.id)[0]?.raw ?? null;
  }

  /** The values behind one client_ref by position; empty if unknown. @returns {Promise<Map<number, string>>} */
  async rawByPosition(clientRef) {
    const range = IDBKeyRange.bound([clientRef, 0], [clientRef, Number.MAX_SAFE_INTEGER]);
    const rows = await this.db.getAllFromIndex("submitted", "place", range);
    return new Map(rows.map(({ position, raw }) => [position, raw]));
  }

  /**
   * The tokens known of canonical values, for one chain of custodians' keys.
   *
   * @returns {Promise<Map<string, Uint8Array>>} canonical -> token
   */
  async tokens(chain, type, canonicals) {
    const keys = await Promise.all(canonicals.map((canonical) => tokenKey(this.key, chain, type, canonical)));
    const { store, done } = this.db.transaction("token");
    const found = await Promise.all(keys.map((key) => store.get(key)));
    await done;
    return new Map(canonicals.flatMap((canonical, index) => (found[index] ? [[canonical, found[index]]] : [])));
  }

  /** Keep an evaluation before it is sent, or that one more custodian answered it. @param {Evaluation} evaluation */
  async keep(evaluation) {
    await this.db.put("evaluation", { ...evaluation, at: Date.now() });
  }

  /** Keep the tokens of an evaluation in its place. */
  async finish({ id, type, chain, canonicals }, tokens) {
    const keys = await Promise.all(canonicals.map((canonical) => tokenKey(this.key, chain, type, canonical)));
    const transaction = this.db.transaction(["token", "evaluation"], "readwrite");
    keys.forEach((key, index) => transaction.objectStore("token").put(tokens[index], key));
    transaction.objectStore("evaluation").delete(id);
    await transaction.done;
  }

  /** Forget an evaluation that was refused. */
  async abandon(id) {
    await this.db.delete("evaluation", id);
  }

  /** Evaluations that a break left behind; those of long ago, or of other keys, are dropped. */
  async unfinished(type, chain) {
    const all = await this.db.getAll("evaluation");
    const mine = all.filter((one) => one.type === type);
    const [fresh, old] = split(mine, (one) => Date.now() - (one.at ?? 0) < KEPT_MS && encode(one.chain) === encode(chain));
    await Promise.all(old.map((one) => this.abandon(one.id)));
    return fresh;
  }

  /** Whether the canary of this chain passed here today. */
  async canaryPassed(type, mark) {
    return (await this.db.get("meta", `canary|${type}`)) === mark;
  }

  /** Keep that it did. */
  async passCanary(type, mark) {
    await this.db.put("meta", mark, `canary|${type}`);
  }
}

/** The HMAC key of a map secret. */
export function hmacKey(secret) {
  return crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** See MemberMap.clientRef. */
export async function clientRef(key, row, identifiers) {
  const text = [String(row), ...identifiers.flat()].join("|");
  return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text)))).slice(0, 22);
}

/** Bound to the chain's keys: after a rotation, or at another platform, the old token is not found. */
export async function tokenKey(key, chain, type, canonical) {
  const [head, tail] = [utf8.encode("token|"), utf8.encode(`|${type}|${canonical}`)];
  const message = new Uint8Array(head.length + chain.length + tail.length);
  message.set(head);
  message.set(chain, head.length);
  message.set(tail, head.length + chain.length);
  return (await crypto.subtle.sign("HMAC", key, message)).slice(0, 16);
}

function split(all, fits) {
  return [all.filter(fits), all.filter((one) => !fits(one))];
}
