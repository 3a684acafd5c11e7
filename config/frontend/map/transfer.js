// Between IndexedDB and the contents of a map file (map/file.js).
import { encode } from "../oprf/encoding.js";
import { database } from "./database.js";

const JOURNAL = ["job", "chunk", "refused"];
const SIZE = 32;

/** Everything of one owner's map, as rows of a file. @returns {Promise<import("./file.js").MapContents>} */
export async function exported(owner) {
  const db = await database(owner);
  const transaction = db.transaction(["meta", "submitted", "token", "evaluation", "journal"]);
  const store = (name) => transaction.objectStore(name);
  const [secret, submitted, keys, tokens, evaluations, ...journal] = await Promise.all([
    store("meta").get("secret"),
    store("submitted").getAll(),
    store("token").getAllKeys(),
    store("token").getAll(),
    store("evaluation").getAll(),
    ...JOURNAL.map((table) => store("journal").get(table)),
  ]);
  return {
    secret,
    submitted: submitted.map((row) => [row.id, row.client_ref, row.position, row.type, row.raw]),
    token: keys.map((key, index) => [new Uint8Array(key), tokens[index]]),
    evaluation: evaluations.map((one) => [
      one.id,
      one.type,
      one.chain,
      JSON.stringify(one.canonicals),
      joined(one.blinds),
      one.hop,
      joined(one.elements),
    ]),
    ...Object.fromEntries(JOURNAL.map((table, index) => [table, journal[index] ?? []])),
  };
}

/**
 * Take a file's contents in. An empty map becomes the file's, secret and all. Otherwise what is known stays and the
 * file's values are added; of a file with another secret the tokens cannot be found again and are left out.
 *
 * @param {string} owner
 * @param {import("./file.js").MapContents} all
 * @returns {Promise<{ added: number, adopted: boolean }>} `adopted`: the file's own secret holds now
 */
export async function taken(owner, all) {
  const db = await database(owner);
  const transaction = db.transaction(["meta", "submitted", "token", "evaluation", "journal"], "readwrite");
  const store = (name) => transaction.objectStore(name);
  const secret = await store("meta").get("secret");
  const isEmpty = (await store("submitted").count()) + (await store("token").count()) === 0;
  const adopted = !secret || isEmpty || encode(secret) === encode(all.secret);
  if (adopted) {
    store("meta").put(all.secret, "secret");
    all.token.forEach(([key, token]) => store("token").put(token, key));
    all.evaluation.forEach(([id, type, chain, canonicals, blinds, hop, elements]) =>
      store("evaluation").put({
        id,
        type,
        chain,
        canonicals: JSON.parse(canonicals),
        blinds: parts(blinds),
        hop,
        elements: parts(elements),
        at: Date.now(),
      }),
    );
    // Submissions that the CLI has not finished stay the CLI's: kept here, and written back into the saved file.
    JOURNAL.forEach((table) => store("journal").put(all[table], table));
  }
  let added = 0;
  const places = store("submitted").index("place");
  for (const [, client_ref, position, type, raw] of all.submitted) {
    if ((await places.getKey([client_ref, position])) === undefined) {
      store("submitted").add({ client_ref, position, type, raw });
      added += 1;
    }
  }
  await transaction.done;
  return { added, adopted };
}

function joined(list) {
  const all = new Uint8Array(list.length * SIZE);
  list.forEach((one, index) => all.set(one, index * SIZE));
  return all;
}

function parts(bytes) {
  return Array.from({ length: bytes.length / SIZE }, (_, index) => bytes.slice(index * SIZE, (index + 1) * SIZE));
}
