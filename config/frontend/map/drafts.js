// Work in progress of a page, kept in this browser until it is done: an expired session or a closed tab loses nothing.
import { database } from "./database.js";

/** Keep a draft (anything that can be cloned). */
export async function keepDraft(owner, name, value) {
  await (await database(owner)).put("draft", { value, at: new Date() }, name);
}

/** @returns {Promise<{ value: any, at: Date } | null>} */
export async function draft(owner, name) {
  return (await (await database(owner)).get("draft", name)) ?? null;
}

/** Forget a draft. */
export async function dropDraft(owner, name) {
  await (await database(owner)).delete("draft", name);
}
