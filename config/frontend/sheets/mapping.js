// Which column stands for what: a first suggestion by titles and values, which people correct.
import { detect } from "../identifiers/index.js";
import { useOf } from "./fields.js";
import { numbered } from "./groups.js";

const SAMPLES = 20;

/**
 * @typedef {import("./fields.js").Use} Use
 * @typedef {{ hasHeader: boolean, uses: (Use | null)[] }} Mapping the use of each column, null for one left out
 */

/** @param {string[][]} rows @param {Set<string>} types @returns {Mapping} */
export function suggest(rows, types) {
  const width = rows.slice(0, SAMPLES + 1).reduce((most, row) => Math.max(most, row.length), 0);
  const first = rows[0] ?? [];
  const named = Array.from({ length: width }, (_, index) => useOf(first[index] ?? "", types));
  const hasHeader = named.some((use) => use !== null) || isTitle(rows);
  const uses = hasHeader ? named : Array(width).fill(null);
  if (!uses.some((use) => use?.field === "value")) {
    const column = likeliest(rows.slice(hasHeader ? 1 : 0, SAMPLES + 1), uses);
    if (column >= 0) {
      uses[column] = { field: "value", group: 1 };
    }
  }
  return { hasHeader, uses: numbered(uses.map((use) => (use?.field === "" ? null : use))) };
}

// Nothing in the first row looks like an identifier, and something below it does.
function isTitle(rows) {
  return rows.length > 1 && rows[0].every((cell) => !detect(cell)) && rows[1].some((cell) => Boolean(detect(cell)));
}

function likeliest(rows, uses) {
  const counts = uses.map((use, column) => (use ? -1 : rows.filter((row) => detect(row[column] ?? "")).length));
  const most = Math.max(...counts, 0);
  return most > 0 ? counts.indexOf(most) : uses.length === 1 ? 0 : -1;
}
