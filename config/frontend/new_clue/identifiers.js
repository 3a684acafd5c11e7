// The rows of identifiers: type, value, role; normalized while one types, what is wrong said beside the value.
import { IdentifierError, detect, explain, normalize, warnings } from "../identifiers/index.js";

/** @typedef {{ type: string, raw: string, role: string }} WrittenIdentifier */

export class IdentifierRows {
  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template
   * @param {{ rules: any, t: Function, onChange: () => void }} parts
   */
  constructor(list, template, { rules, t, onChange }) {
    Object.assign(this, { list, template, rules, t, onChange, made: 0 });
  }

  get rows() {
    return [...this.list.children];
  }

  /** Add a row, empty or with what a draft holds. @param {WrittenIdentifier} [written] */
  add(written = { type: "", raw: "", role: this.rules.role }) {
    if (this.rows.length >= this.rules.most) {
      return null;
    }
    const row = this.template.content.firstElementChild.cloneNode(true);
    this.made += 1;
    for (const name of ["type", "raw", "role"]) {
      const input = part(row, name);
      input.id = `${name}-${this.made}`;
      row.querySelector(`[data-label="${name}"]`).htmlFor = input.id;
      input.value = written[name];
      input.addEventListener("input", () => this.changed(row));
    }
    const error = part(row, "error");
    const canonical = part(row, "canonical");
    [error.id, canonical.id] = [`error-${this.made}`, `canonical-${this.made}`];
    part(row, "raw").setAttribute("aria-describedby", `${canonical.id} ${error.id}`);
    part(row, "raw").addEventListener("change", () => this.show(row, { strict: true }));
    part(row, "remove").addEventListener("click", () => this.remove(row));
    this.list.append(row);
    this.show(row);
    this.renumber();
    return row;
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (this.rows.length === 0) {
      this.add();
    }
    this.renumber();
    part(next ?? this.rows[0], "raw").focus();
    this.onChange();
  }

  clear() {
    this.list.replaceChildren();
    this.add();
  }

  /** @returns {WrittenIdentifier[]} */
  written() {
    return this.rows.map((row) => ({ type: part(row, "type").value, raw: part(row, "raw").value, role: part(row, "role").value }));
  }

  /**
   * Every filled row in canonical form, or the first row that is wrong.
   *
   * @returns {{ identifiers: { type: string, raw: string, canonical: string, role: string }[], wrong: HTMLElement | null }}
   */
  check() {
    const identifiers = [];
    const seen = new Set();
    let wrong = null;
    for (const row of this.rows.filter((each) => part(each, "raw").value.trim() !== "")) {
      const found = this.read(row);
      if (found.error) {
        this.show(row, { strict: true });
      } else if (seen.has(`${found.type}|${found.canonical}`)) {
        this.complain(row, this.t("identifier-repeated"));
      } else {
        seen.add(`${found.type}|${found.canonical}`);
        identifiers.push({ ...found, raw: part(row, "raw").value.trim(), role: part(row, "role").value });
        continue;
      }
      wrong ??= part(row, "raw");
    }
    return { identifiers, wrong };
  }

  changed(row) {
    this.show(row);
    this.onChange();
  }

  // While one types a value is seldom whole: what is wrong is said once the field is left (`strict`).
  show(row, { strict = false } = {}) {
    const raw = part(row, "raw").value;
    const hint = part(row, "canonical");
    this.complain(row, "");
    if (raw.trim() === "") {
      hint.textContent = "";
      return;
    }
    const { type, canonical, error } = this.read(row);
    if (error) {
      hint.textContent = "";
      if (strict) {
        this.complain(row, error);
      }
      return;
    }
    const doubts = warnings(type, raw).map((code) => this.t(`warning-${code}`));
    hint.textContent = [this.t("canonical", { type: this.rules.types[type], canonical }), ...doubts].join(" ");
  }

  read(row) {
    const raw = part(row, "raw").value;
    const type = part(row, "type").value || detect(raw);
    if (!type) {
      return { error: this.t("type-unclear") };
    }
    try {
      return { type, canonical: normalize(type, raw) };
    } catch (error) {
      if (!(error instanceof IdentifierError)) {
        throw error;
      }
      const better = error.suggestedType && this.rules.types[error.suggestedType];
      return { error: explain(error) + (better ? ` ${this.t("suggested", { type: better })}` : "") };
    }
  }

  complain(row, sentence) {
    const error = part(row, "error");
    error.textContent = sentence;
    error.hidden = sentence === "";
    part(row, "raw").toggleAttribute("aria-invalid", sentence !== "");
    part(row, "raw").closest(".field").classList.toggle("field--wrong", sentence !== "");
  }

  renumber() {
    this.rows.forEach((row, index) => {
      row.setAttribute("aria-label", this.t("identifier-n", { n: index + 1 }));
      part(row, "remove").hidden = this.rows.length === 1;
    });
  }
}

function part(row, name) {
  return row.querySelector(`[data-part="${name}"]`);
}
