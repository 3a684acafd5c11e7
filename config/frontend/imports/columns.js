// Step two: a row for each column of the file, with its title, some of its values and what it stands for.
import { numbered } from "../sheets/groups.js";
import { IDENTIFIER } from "../sheets/fields.js";

const SAMPLES = 3;
const TITLE = 40; // characters

export class Columns {
  /**
   * @param {HTMLElement} body of the table
   * @param {HTMLTemplateElement} template
   * @param {{ t: Function, uses: Record<string, string>, onChange: () => void }} parts
   */
  constructor(body, template, { t, uses, onChange }) {
    Object.assign(this, { body, template, t, uses, onChange });
  }

  /** @param {import("../sheets/csv.js").Sheet} sheet @param {import("../sheets/mapping.js").Mapping} mapping */
  show(sheet, mapping) {
    const first = mapping.hasHeader ? 1 : 0;
    this.body.replaceChildren(
      ...mapping.uses.map((use, index) => {
        const row = this.template.content.firstElementChild.cloneNode(true);
        const title = (mapping.hasHeader && sheet.rows[0][index]) || this.t("column-n", { n: index + 1 });
        const values = sheet.rows.slice(first, first + 200).map((cells) => cells[index] ?? "");
        part(row, "title").textContent = title.slice(0, TITLE);
        part(row, "sample").textContent = values.filter(Boolean).slice(0, SAMPLES).join(" · ");
        part(row, "use").value = use?.field ?? "";
        part(row, "type").value = use?.type ?? "";
        part(row, "type").hidden = use?.field !== "value";
        part(row, "use").setAttribute("aria-label", `${title}: ${headings(this.body)[2]}`);
        part(row, "type").setAttribute("aria-label", `${title}: ${part(row, "type").dataset.label}`);
        for (const name of ["use", "type"]) {
          part(row, name).addEventListener("change", () => {
            part(row, "type").hidden = part(row, "use").value !== "value";
            this.onChange();
          });
        }
        return row;
      }),
    );
  }

  /** @returns {import("../sheets/mapping.js").Use[]} */
  read() {
    const uses = [...this.body.children].map((row) => {
      const field = part(row, "use").value;
      const type = field === "value" && part(row, "type").value;
      return field ? { field, ...(type && { type }), ...(IDENTIFIER.includes(field) && { group: 0 }) } : null;
    });
    return numbered(uses);
  }

  /** What is wrong with the choice, as a sentence; "" if nothing is. */
  complaint(uses) {
    if (!uses.some((use) => use?.field === "value")) {
      return this.t("value-missing");
    }
    const seen = new Set();
    for (const use of uses.filter(Boolean)) {
      const name = `${use.field}|${use.group ?? ""}`;
      if (seen.has(name)) {
        return IDENTIFIER.includes(use.field) ? this.t("role-without-value") : this.t("use-twice", { use: this.uses[use.field] });
      }
      seen.add(name);
    }
    return "";
  }
}

function part(row, name) {
  return row.querySelector(`[data-part="${name}"]`);
}

function headings(body) {
  return [...body.closest("table").querySelectorAll("thead th")].map((cell) => cell.textContent);
}
