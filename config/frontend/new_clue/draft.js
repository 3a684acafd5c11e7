// The form is kept in this browser while one writes: an expired session, a reload or a closed tab loses nothing.
// One tab at a time keeps it, so that two do not overwrite each other.
import { draft, dropDraft, keepDraft } from "../map/drafts.js";

const NAME = "new-clue";
const DELAY_MS = 400;

export class KeptForm {
  /** @param {string} owner @param {string} [name] of the draft */
  constructor(owner, name = NAME) {
    this.owner = owner;
    this.name = name;
    this.mine = false;
    this.timer = 0;
    this.pending = null;
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
  }

  /** What was kept, null if nothing or if another tab has it open. `mine` tells which. */
  async open() {
    this.mine = (await this.claim()) || (await sleep(600).then(() => this.claim())); // a reload frees it a moment later
    return this.mine ? ((await draft(this.owner, this.name))?.value ?? null) : null;
  }

  /** Keep `value`, soon. */
  keep(value) {
    this.pending = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), DELAY_MS);
  }

  async flush() {
    clearTimeout(this.timer);
    const value = this.pending;
    this.pending = null;
    if (this.mine && value !== null) {
      await keepDraft(this.owner, this.name, value);
    }
  }

  async drop() {
    clearTimeout(this.timer);
    this.pending = null;
    if (this.mine) {
      await dropDraft(this.owner, this.name);
    }
  }

  // True once the lock is held, for as long as the tab lives.
  claim() {
    if (!navigator.locks) {
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      navigator.locks.request(`${this.name} ${this.owner}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => {});
      });
    });
  }
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
