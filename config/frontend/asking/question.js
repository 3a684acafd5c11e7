// The form that asks about identifiers: it normalizes and tokenizes here, then hands codes and tokens to `send`.
// What was typed has no `name`, is kept as a draft of this browser until there is an answer, and is never posted.
import { tokenize } from "../tokens/index.js";
import { command } from "./command.js";
import { data, element, say } from "./elements.js";
import { Unsent } from "./unsent.js";
import { guessType, readLines, readValues } from "./values.js";
import { describe, number, t } from "./words.js";

const CASE_REF = /^[A-Za-z0-9._:/#-]{1,64}$/;
const BASIS = /^[a-z0-9-]{1,64}$/;
const DAY = 24 * 60 * 60 * 1000;
const LONG = 2_000; // characters of a paste that is put in whole
const SHOWN = 20; // refused lines that are listed

/**
 * @typedef {{ values: import("./values.js").Value[], tokens: import("../tokens/index.js").Token[], type: string,
 *   purpose: string, caseRef: string, basis: string, lastDay: string, reason: string, list: string }} Asked
 */
export class Question {
  /**
   * @param {HTMLElement} root the element `data-asking`
   * @param {(asked: Asked, signal: AbortSignal) => Promise<void>} send posts it and shows the answer
   */
  constructor(root, send) {
    this.root = root;
    this.kind = root.dataset.asking;
    this.form = root.querySelector("[data-question]");
    this.asked = data("question");
    this.send = send;
    this.quota = this.asked.quota;
    this.purposes = new Map(this.asked.purposes.map((purpose) => [purpose.code, purpose]));
    this.types = new Map(this.asked.types.map((type) => [type.code, type.label]));
    this.stopper = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.values.addEventListener("paste", (event) => this.paste(event));
    this.one("[data-stop]")?.addEventListener("click", () => this.stopper?.abort());
    this.one("[data-copy-command]")?.addEventListener("click", () => navigator.clipboard.writeText(this.one("[data-command]").textContent));
    this.changed();
    this.unsent = new Unsent(this);
    this.unsent.restore();
  }

  one(selector) {
    return this.form.querySelector(selector);
  }

  get values() {
    return this.one("[data-values]");
  }

  /** The type chosen, or else told from the values; empty if neither. */
  get type() {
    return this.one("[data-type]").value || this.guessed || "";
  }

  get purpose() {
    return this.one("input[name=purpose]:checked")?.value ?? "";
  }

  text(selector) {
    return this.one(selector)?.value.trim() ?? "";
  }

  /** Thousands of lines at once: browsers type a paste in line by line, which takes them seconds. */
  paste(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    if (text.length > LONG && this.values instanceof HTMLTextAreaElement) {
      event.preventDefault();
      this.values.setRangeText(text, this.values.selectionStart, this.values.selectionEnd, "end");
      this.changed();
    }
  }

  /** Look at everything anew: guess, what is allowed, how much it costs. */
  changed() {
    const lines = readLines(this.values.value);
    const chosen = this.one("[data-type]").value;
    this.guessed = chosen ? null : guessType(lines);
    this.count = lines.length;
    say(this.one("[data-type-hint]"), this.guessed ? t("guessed", { type: this.types.get(this.guessed) ?? this.guessed }) : "");
    this.offerPurposes();
    const tooMany = lines.length > this.asked.most;
    const notice = this.one("[data-too-many]");
    if (notice) {
      notice.hidden = !tooMany;
      this.one("[data-command]").textContent = tooMany ? this.command() : "";
    }
    say(this.one("[data-count]"), lines.length ? t("lines", { n: lines.length }) : "");
    this.one("[data-send]").disabled = this.stopper !== null || tooMany;
    this.showCost(lines.length);
    this.unsent?.keepSoon();
  }

  offerPurposes() {
    const { type } = this;
    for (const choice of this.form.querySelectorAll("[data-choice]")) {
      const purpose = this.purposes.get(choice.dataset.choice);
      const allowed = type ? purpose.types.includes(type) : purpose.types.length > 0;
      const [box, why] = [choice.querySelector("input"), choice.querySelector("[data-why]")];
      box.disabled = !allowed;
      box.checked &&= allowed;
      say(why, allowed ? "" : purpose.types.length ? t("not-for-type", { type: this.types.get(type) ?? type }) : t("not-at-all"));
    }
  }

  showCost(count) {
    const { left, limit } = this.quota;
    const cost = this.one("[data-cost]");
    say(cost, count ? t(count > left ? "too-dear" : "costs", { n: count, left: number(left), rest: number(left - count) }) : "");
    cost.classList.toggle("asking__dear", count > left);
    const text = this.root.querySelector("[data-quota-text]");
    if (text) {
      text.textContent = t("quota", { left: number(left), limit: number(limit) });
      this.root.querySelector("[data-quota-bar]").value = limit - left;
    }
  }

  /** What an answer charged; returns what was left before it. */
  charge(count) {
    const before = this.quota.left;
    this.quota = { ...this.quota, left: Math.max(0, before - count) };
    this.showCost(readLines(this.values.value).length);
    return before;
  }

  command() {
    const until = this.text("[data-last-day]");
    return command(this.kind, {
      type: this.type,
      purpose: this.purpose,
      caseRef: this.text("[data-case-ref]"),
      basis: this.text("[data-basis]"),
      days: until ? Math.max(1, Math.ceil((Date.parse(until) - Date.now()) / DAY)) : 0,
      list: this.text("[data-noise-list]"),
    });
  }

  /** Check everything that can be checked here. Returns the values, or null after saying what is wrong. */
  check() {
    const [caseRef, basis] = [this.text("[data-case-ref]"), this.text("[data-basis]")];
    const lines = readLines(this.values.value);
    const { type } = this;
    const wrong = {
      reason: this.one("[data-reason]") && !this.text("[data-reason]") ? t("choose-reason") : "",
      purpose: this.one("[data-purposes]") && !this.purpose ? t("choose-purpose") : "",
      type: lines.length && !type ? t("choose-type") : "",
      values: lines.length ? "" : t("enter-value"),
      "last-day": this.one("[data-last-day]")?.validity.valid === false ? t("choose-day") : "",
      "case-ref": caseRef && !CASE_REF.test(caseRef) ? t("case-ref-form") : "",
      basis: basis && !BASIS.test(basis) ? t("basis-form") : "",
    };
    const read = lines.length && type ? readValues(lines, type) : { values: [], refused: [], repeated: 0 };
    if (read.refused.length) {
      wrong.values = t("refused", { n: read.refused.length });
    }
    this.showRefused(read.refused);
    Object.entries(wrong).forEach(([name, why]) => this.fault(name, why));
    this.form.querySelector(".field--wrong :is(input, select, textarea):enabled")?.focus();
    return Object.values(wrong).some(Boolean) ? null : read;
  }

  fault(name, why) {
    const line = this.one(`[data-error="${name}"]`);
    say(line, why);
    const holder = line?.closest(".field, .purposes");
    holder?.classList.toggle("field--wrong", Boolean(why));
    holder?.querySelectorAll("input:not([type=radio]), select, textarea").forEach((field) => field.setAttribute("aria-invalid", String(Boolean(why))));
  }

  showRefused(refused) {
    const list = this.one("[data-refused]");
    const lines = refused.slice(0, SHOWN).map(({ line, why, suggestedType }) => {
      const rather = suggestedType ? ` ${t("rather", { type: this.types.get(suggestedType) ?? suggestedType })}` : "";
      return element("li", {}, `${t("line", { line })} ${why}${rather}`);
    });
    if (refused.length > SHOWN) {
      lines.push(element("li", {}, t("more", { n: refused.length - SHOWN })));
    }
    if (refused.length && this.values instanceof HTMLTextAreaElement) {
      const button = element("button", { type: "button", class: "button button--second button--small" }, t("leave-out"));
      button.addEventListener("click", () => this.leaveOut(refused));
      lines.push(element("li", {}, button));
    }
    list.replaceChildren(...lines);
    list.hidden = !refused.length;
  }

  leaveOut(refused) {
    const gone = new Set(refused.map(({ line }) => line));
    this.values.value = this.values.value.split(/\r\n|\r|\n/).filter((_, index) => !gone.has(index + 1)).join("\n");
    this.showRefused([]);
    this.fault("values", "");
    this.changed();
    this.values.focus();
  }

  async submit() {
    if (this.stopper !== null || this.one("[data-send]").disabled) {
      return;
    }
    const read = this.check();
    if (read === null) {
      return;
    }
    this.stopper = new AbortController();
    this.busy(true);
    await this.unsent.keep(); // before anything can fail: a page that is left then has it all the same
    try {
      const tokens = await tokenize({
        type: this.type,
        canonicals: read.values.map(({ canonical }) => canonical),
        onProgress: ({ done, total }) => this.progress(done, total),
        signal: this.stopper.signal,
      });
      say(this.one("[data-status]"), t("asking"));
      await this.send({ ...this.said(), values: read.values, tokens, repeated: read.repeated }, this.stopper.signal);
      await this.unsent.drop();
    } catch (error) {
      this.failed(error);
    } finally {
      this.stopper = null;
      this.busy(false);
    }
  }

  said() {
    return {
      type: this.type,
      purpose: this.purpose,
      caseRef: this.text("[data-case-ref]"),
      basis: this.text("[data-basis]"),
      lastDay: this.text("[data-last-day]"),
      reason: this.text("[data-reason]"),
      list: this.text("[data-noise-list]"),
    };
  }

  progress(done, total) {
    const bar = this.one("[data-progress]");
    bar.hidden = false;
    [bar.max, bar.value] = [total, done];
    say(this.one("[data-status]"), t("tokenizing", { done: number(done), total: number(total) }));
  }

  busy(is) {
    this.form.setAttribute("aria-busy", String(is));
    this.one("[data-send]").disabled = is;
    this.one("[data-stop]").hidden = !is;
    if (is) {
      say(this.one("[data-failure]"), "");
      say(this.one("[data-status]"), t("preparing"));
    } else {
      this.one("[data-progress]").hidden = true;
      say(this.one("[data-status]"), "");
      this.changed();
    }
  }

  failed(error) {
    const box = this.one("[data-failure]");
    say(box, describe(error));
    box.focus();
  }

  /** Empty it for the next question; purpose, type and case number stay. */
  clear() {
    this.values.value = "";
    this.showRefused([]);
    this.changed();
    this.values.focus();
  }
}
