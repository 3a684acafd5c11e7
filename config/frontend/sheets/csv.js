// Delimited text, or one value a line, as rows of cells with the line each begins at.
import Papa from "papaparse";
import { SheetError } from "./errors.js";
import { MAX_COLUMNS, MAX_READ } from "./limits.js";

const DELIMITERS = [",", "\t", ";", "|"];
// Our own files put an apostrophe before what a spreadsheet would take for a formula.
const GUARDED = /^'(?=[=+\-@\t\r])/;

/**
 * @typedef {object} Sheet
 * @property {string[][]} rows without blank ones
 * @property {number[]} lines of the file, from 1, that each row begins at
 * @property {Record<number, string>} faults what is wrong with a row as a row, by its place
 */

/** @param {string} text @returns {Sheet} */
export function readDelimited(text) {
  const plain = text.replace(/\r\n?/g, "\n");
  const delimiter = delimiterOf(plain);
  const { data, errors } = Papa.parse(plain, { delimiter, newline: "\n", skipEmptyLines: false });
  const broken = new Set(errors.filter((error) => error.type === "Quotes").map((error) => error.row));
  const sheet = { rows: [], lines: [], faults: {} };
  let line = 1;
  data.forEach((cells, index) => {
    if (cells.some((cell) => /[^\s,;|]/.test(cell))) {
      if (sheet.rows.length > MAX_READ) {
        throw new SheetError("rows-too-many", { most: MAX_READ });
      }
      if (cells.length > MAX_COLUMNS) {
        throw new SheetError("columns-too-many", { most: MAX_COLUMNS, line });
      }
      if (broken.has(index)) {
        sheet.faults[sheet.rows.length] = "row-malformed";
      }
      sheet.lines.push(line);
      sheet.rows.push(cells.map((cell) => cell.replace(GUARDED, "").trim()));
    }
    line += 1 + cells.reduce((total, cell) => total + (cell.match(/\n/g)?.length ?? 0), 0);
  });
  return sheet;
}

/** The delimiter that makes equally long rows of the first lines; a comma when none does, as in a list of values. */
function delimiterOf(text) {
  const head = text.slice(0, 64 * 1024);
  let best = { delimiter: ",", columns: 1, even: 0 };
  for (const delimiter of DELIMITERS) {
    const { data } = Papa.parse(head, { delimiter, newline: "\n", preview: 20, skipEmptyLines: "greedy" });
    const columns = data[0]?.length ?? 1;
    const even = data.filter((row) => row.length === columns).length / Math.max(1, data.length);
    if (columns > 1 && even > best.even) {
      best = { delimiter, columns, even };
    }
  }
  return best.even < 0.5 ? "\u0001" : best.delimiter; // of a list of addresses with commas none is cut
}

/** Rows as CSV for a spreadsheet: UTF-8 with its mark, and no cell that would run as a formula. */
export function writeCsv(rows) {
  return `\ufeff${Papa.unparse(rows, { escapeFormulae: true, newline: "\r\n" })}\r\n`;
}
