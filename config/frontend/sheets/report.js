// Files that go back to the person: the wrong rows with what is wrong, to be corrected and imported again; and the rows
// as the command line takes them.
import { writeCsv } from "./csv.js";

/** The name of a column for the command line. */
export function columnName(use) {
  return use.group > 1 ? `${use.field}_${use.group}` : use.field;
}

/**
 * @param {import("./csv.js").Sheet} sheet
 * @param {import("./mapping.js").Mapping} mapping
 * @param {{ row: number, line: number, said: string }[]} faults
 * @param {string} title of the added column, which an import leaves out again
 */
export function errorFile(sheet, mapping, faults, title) {
  const first = mapping.hasHeader ? 1 : 0;
  const titles = mapping.hasHeader ? sheet.rows[0] : mapping.uses.map((use, index) => (use ? columnName(use) : `column ${index + 1}`));
  const width = Math.max(titles.length, ...faults.map(({ row }) => sheet.rows[row + first].length));
  const wide = (cells) => Array.from({ length: width }, (_, index) => cells[index] ?? "");
  return writeCsv([[...wide(titles), title], ...faults.map(({ row, said }) => [...wide(sheet.rows[row + first]), said])]);
}

/** The mapped columns under the command line's names, with a type of its own where a column has one. */
export function commandFile(sheet, mapping) {
  const columns = mapping.uses.flatMap((use, index) => {
    if (!use) {
      return [];
    }
    const own = { name: columnName(use), of: (row) => row[index] ?? "" };
    const isTyped = use.field === "value" && use.type && !mapping.uses.some((other) => other?.field === "type" && other.group === use.group);
    const type = { name: columnName({ field: "type", group: use.group }), of: (row) => (row[index] ? use.type : "") };
    return isTyped ? [own, type] : [own];
  });
  const rows = sheet.rows.slice(mapping.hasHeader ? 1 : 0);
  // No guard against formulas: this file is for a program, which takes each cell as it stands.
  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""').replace(/[\r\n]+/g, " ")}"` : cell);
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => of(row)))];
  return lines.map((cells) => cells.map(quoted).join(",")).join("\n") + "\n";
}
