// Step four: tokens, map, batches. What is done is kept at every turn, so that a break repeats nothing: tokens made stay
// known to the map, a batch on its way keeps its body and its Idempotency-Key until it is answered.
import { MemberMap } from "../map/index.js";
import { post } from "../platform/post.js";
import { tokenizeMany } from "../tokens/index.js";

/**
 * @typedef {object} Batch
 * @property {number} from first draft @property {number} to behind the last
 * @property {string} key Idempotency-Key
 * @property {object} [body] until it is answered
 * @property {string} [batch] reference, once answered
 * @property {object} [state] as last seen
 * @property {boolean} [isOver] released, held or rejected
 */

/** @typedef {{ drafts: import("../sheets/checks.js").Draft[], refs: string[], batches: Batch[] }} Job */

/** @param {import("../sheets/checks.js").Draft[]} drafts @returns {Job} */
export function newJob(drafts) {
  return { drafts, refs: [], batches: [] };
}

/**
 * Make the tokens, remember the values, submit.
 *
 * @param {Job} job changed as it goes on
 * @param {{ owner: string, rules: any, signal: AbortSignal, say: (phase: string, done: number, total: number) => void, keep: () => Promise<void> }} parts
 */
export async function submit(job, { owner, rules, signal, say, keep }) {
  if (job.batches.length === 0) {
    await prepare(job, { owner, rules, signal, say });
    await keep();
  }
  const sent = () => job.batches.filter((one) => one.batch).reduce((total, one) => total + one.to - one.from, 0);
  say("sending", sent(), job.drafts.length);
  for (const one of job.batches.filter((each) => !each.batch)) {
    signal.throwIfAborted();
    const { body } = await post(rules.batches, one.body, { key: one.key, signal });
    one.batch = body.batch;
    one.state = body;
    delete one.body; // tokens are of no more use here
    await keep();
    say("sending", sent(), job.drafts.length);
  }
}

async function prepare(job, { owner, rules, signal, say }) {
  const { drafts } = job;
  const identifiers = drafts.flatMap((draft) => draft.identifiers);
  say("tokens", 0, identifiers.length);
  const tokens = await tokenizeMany(
    identifiers.map(({ type, canonical }) => ({ type, canonical })),
    { signal, onProgress: ({ done, total }) => say("tokens", done, total) },
  );
  const map = await MemberMap.open(owner);
  const pairs = (draft) => draft.identifiers.map(({ type, canonical }) => [type, canonical]);
  job.refs = await Promise.all(drafts.map((draft) => draft.ownRef ?? map.clientRef(draft.row, pairs(draft))));
  // First, so that no answer is ever about a value nobody can name.
  await map.remember(
    drafts.flatMap((draft, index) =>
      draft.identifiers.map(({ type, raw }, position) => ({ client_ref: job.refs[index], position, type, raw })),
    ),
  );
  document.dispatchEvent(new CustomEvent("tokens:remembered"));
  let next = 0;
  const clues = drafts.map((draft, index) => ({
    client_ref: job.refs[index],
    ...draft.clue,
    identifiers: draft.identifiers.map(({ role }) => ({ ...tokens[next++], role })),
  }));
  for (let from = 0; from < clues.length; from += rules.batchClues) {
    const to = Math.min(from + rules.batchClues, clues.length);
    job.batches.push({ from, to, key: crypto.randomUUID(), body: { clues: clues.slice(from, to) } });
  }
}
