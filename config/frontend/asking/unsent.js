// What is typed into a question and not answered yet, kept as a draft of this browser: an expired session or a closed tab
// loses nothing. A browser that keeps nothing still asks.
import { draft, dropDraft, keepDraft } from "../map/drafts.js";
import { place } from "../tokens/place.js";
import { say } from "./elements.js";
import { moment, t } from "./words.js";

const PAUSE = 400; // milliseconds of silence before it is kept

const FIELDS = {
  type: "[data-type]",
  caseRef: "[data-case-ref]",
  basis: "[data-basis]",
  reason: "[data-reason]",
  list: "[data-noise-list]",
};

export class Unsent {
  /** @param {import("./question.js").Question} question */
  constructor(question) {
    this.question = question;
    this.name = `asking-${question.kind}`;
  }

  keepSoon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.keep(), PAUSE);
  }

  async keep() {
    const text = this.question.values.value;
    const value = { ...this.question.said(), type: this.question.one(FIELDS.type).value, text };
    await (text.trim() ? keepDraft(place().owner, this.name, value) : dropDraft(place().owner, this.name)).catch(() => {});
  }

  async drop() {
    clearTimeout(this.later);
    await dropDraft(place().owner, this.name).catch(() => {});
  }

  /** Bring back what was left here, if nothing is typed yet. */
  async restore() {
    const { question } = this;
    const kept = await draft(place().owner, this.name).catch(() => null);
    if (!kept || question.values.value) {
      return;
    }
    question.values.value = kept.value.text;
    for (const [name, selector] of Object.entries(FIELDS)) {
      const field = question.one(selector);
      if (field && kept.value[name]) {
        field.value = kept.value[name];
      }
    }
    const { purpose } = kept.value;
    const box = purpose && question.one(`input[name=purpose][value="${CSS.escape(purpose)}"]`);
    if (box) {
      box.checked = true;
    }
    question.changed();
    say(question.one("[data-status]"), t("restored", { at: moment(kept.at) }));
  }
}
