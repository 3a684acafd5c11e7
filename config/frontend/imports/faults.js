// Step three: the rows that cannot go, with line, column, content and what to do.
import { IdentifierError } from "../identifiers/errors.js";
import { explain } from "../identifiers/explain.js";

const SHOWN = 200;
const NAMING = /^(?:is-|host-(?:address|mailbox|ip)$)/;

/** A sentence about a fault. @param {import("../sheets/checks.js").Fault} fault */
export function sentence({ code, more }, { t, types }) {
  if (code !== "identifier-invalid") {
    return t(`row-${code}`, more);
  }
  const said = explain(new IdentifierError(more.reason, { detail: more.detail }));
  const isSaid = NAMING.test(more.reason); // the reason names the other type itself
  return more.suggestedType && !isSaid ? `${said}${t("suggested", { type: types[more.suggestedType] })}` : said;
}

/** Fill the table. */
export function showFaults(body, faults, sheet, mapping, words) {
  const first = mapping.hasHeader ? 1 : 0;
  const { t } = words;
  const labels = [...body.closest("table").querySelectorAll("thead th")].map((head) => head.textContent);
  body.replaceChildren(
    ...faults.slice(0, SHOWN).map((fault) => {
      const cells = sheet.rows[fault.row + first];
      const title = (mapping.hasHeader && sheet.rows[0][fault.column]) || t("column-n", { n: fault.column + 1 });
      const whole = fault.column < 0;
      const row = document.createElement("tr");
      const texts = [fault.line, whole ? t("row-whole") : title, whole ? "" : (cells[fault.column] ?? ""), sentence(fault, words)];
      row.append(...texts.map((text, index) => cell(String(text), { label: labels[index], isNumber: index === 0, isValue: index === 2 })));
      return row;
    }),
  );
  return faults.length > SHOWN ? t("wrong-shown", { n: SHOWN }) : "";
}

function cell(text, { label, isNumber, isValue }) {
  const made = document.createElement("td");
  made.dataset.label = label;
  made.textContent = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  made.classList.toggle("number", isNumber);
  if (isValue) {
    made.translate = false;
  }
  return made;
}
