// What became of the batch, asked until it is out.
import { stateOf } from "../platform/batch.js";
import { get } from "../platform/post.js";

const TRIES = 30;
const PAUSE_MS = 1000;

/**
 * @param {{ batches: string }} rules
 * @param {string} batch
 * @param {(key: string, values?: object) => void} say a key of text/new_clue.js
 */
export async function followBatch(rules, batch, say) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await get(`${rules.batches}/${batch}`).catch(() => null);
    const end = found && stateOf(found);
    if (end === "held" || end === "rejected") {
      return say(end);
    }
    if (found?.released || end === "refused") {
      if (found.refused) {
        const results = await get(`${rules.batches}/${batch}/results`);
        return say("refused", { code: results.results[0]?.code ?? "" });
      }
      return say(found.matched ? "matched" : found.duplicates ? "duplicate" : "accepted");
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return undefined;
}
