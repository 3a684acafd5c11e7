// A file's bytes as a table: workbook or text, told by the bytes and not by the name.
import { decode } from "./charset.js";
import { readDelimited } from "./csv.js";
import { SheetError } from "./errors.js";
import { MAX_FILE } from "./limits.js";
import { suggest } from "./mapping.js";
import { isWorkbook, readWorkbook } from "./xlsx.js";

/**
 * @typedef {object} Table
 * @property {import("./csv.js").Sheet} sheet
 * @property {import("./mapping.js").Mapping} mapping a first suggestion
 * @property {string} charset "XLSX" for a workbook
 * @property {number} formulas cells of which the last computed value was taken
 */

/** @param {Uint8Array} bytes @param {Set<string>} types codes of types @returns {Promise<Table>} */
export async function readTable(bytes, types) {
  if (bytes.length > MAX_FILE) {
    throw new SheetError("too-large", { most: MAX_FILE / 1024 / 1024 });
  }
  const { sheet, charset, formulas } = isWorkbook(bytes) ? await workbook(bytes) : text(bytes);
  if (sheet.rows.length === 0) {
    throw new SheetError("empty");
  }
  const mapping = suggest(sheet.rows, types);
  if (mapping.hasHeader && sheet.rows.length === 1) {
    throw new SheetError("header-only");
  }
  return { sheet, mapping, charset, formulas };
}

async function workbook(bytes) {
  const { formulas, ...sheet } = await readWorkbook(bytes);
  return { sheet, charset: "XLSX", formulas };
}

function text(bytes) {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw new SheetError("old-workbook");
  }
  const { text: decoded, charset } = decode(bytes);
  return { sheet: readDelimited(decoded), charset, formulas: 0 };
}
