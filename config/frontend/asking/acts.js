// What follows an answer: watch a value, or dispute it, with the token that is here already. And what of it this browser
// keeps: which value a W-…, D-… or Q-… stands for.
import { MemberMap } from "../map/index.js";
import { post } from "../platform/post.js";
import { place } from "../tokens/place.js";

const DAY = 24 * 60 * 60 * 1000;

/** The end of a day as the portal counts days, Beijing time. @param {string} day as of a date field */
export function endOf(day) {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + DAY).toISOString();
}

/** What every question says beside its tokens. */
export function header({ purpose, caseRef, basis }) {
  return { purpose, ...(caseRef ? { case_ref: caseRef } : {}), ...(basis ? { basis } : {}) };
}

/**
 * Watch tokens and remember the values.
 *
 * @returns {Promise<{ watches: string[], body: any, replayed: boolean, kept: boolean }>}
 */
export async function watch(address, asked, signal) {
  const question = { ...header(asked), tokens: asked.tokens, ...(asked.lastDay ? { expires_at: endOf(asked.lastDay) } : {}) };
  const { body, replayed } = await post(address, question, { signal });
  const watches = body.watches.map((each) => each.watch);
  return { watches, body, replayed, kept: await remember(watches, asked) };
}

/** Dispute one token and remember the value. @returns {Promise<{ dispute: string, kept: boolean }>} */
export async function dispute(address, asked, signal) {
  const { purpose, caseRef, reason, tokens } = asked;
  const question = { identifier: tokens[0], purpose, reason, ...(caseRef ? { case_ref: caseRef } : {}) };
  const { body } = await post(address, question, { signal });
  return { dispute: body.dispute, kept: await remember([body.dispute], asked) };
}

/** Propose own numbers or domains and remember the values. */
export async function propose(address, asked, signal) {
  const { body } = await post(address, { list: asked.list, entries: asked.tokens }, { signal });
  const kept = await remember(body.entries.map(({ entry }) => entry), asked);
  return { entries: body.entries, kept };
}

/** Keep in this browser which value each reference stands for; false if it cannot. */
async function remember(references, { values, type }) {
  try {
    const map = await MemberMap.open(place().owner);
    await map.remember(references.map((reference, index) => ({ client_ref: reference, position: 0, type, raw: values[index].raw })));
    document.dispatchEvent(new CustomEvent("tokens:remembered"));
    return true;
  } catch {
    return false;
  }
}
