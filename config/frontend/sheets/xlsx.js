// The first sheet of a workbook. It is unpacked here, piece by piece and counted, before anything reads it: a bomb is
// stopped when it has cost a few megabytes, and the library never sees an archive that it would have to unpack itself.
import { Unzip, UnzipInflate, UnzipPassThrough, zipSync } from "fflate";
import { readSheet } from "read-excel-file/universal";
import { SheetError } from "./errors.js";
import { MAX_CELLS, MAX_COLUMNS, MAX_ENTRIES, MAX_READ, MAX_UNPACKED } from "./limits.js";

const PIECE = 4 * 1024;
const WANTED = /^(?:\[Content_Types\]\.xml|_rels\/.*|xl\/(?:workbook|styles|sharedStrings)\.xml|xl\/_rels\/.*|xl\/worksheets\/[^/]*\.xml)$/;
// A formula, and what it came to: nothing at all, or an empty number, if no spreadsheet program has computed it yet.
const UNCOMPUTED = /<c\s([^>]*)>\s*<f(?:\s[^>]*)?(?:\/>|>[^<]*<\/f>)\s*(<v\s*\/>|<v>\s*<\/v>)?\s*<\/c>/g;
const EXACT_DIGITS = 15; // a spreadsheet keeps no more of a number

/** A number that the spreadsheet has rounded: an identifier of other digits than the one meant. */
class Rounded {}

/** @param {Uint8Array} bytes @returns {boolean} */
export function isWorkbook(bytes) {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** @param {Uint8Array} bytes @returns {Promise<import("./csv.js").Sheet & { formulas: number }>} */
export async function readWorkbook(bytes) {
  const files = unpack(bytes);
  const sheets = Object.keys(files).filter((name) => name.startsWith("xl/worksheets/"));
  if (!files["xl/workbook.xml"] || sheets.length === 0) {
    throw new SheetError("workbook-other");
  }
  const formulas = Math.max(...sheets.map((name) => survey(files[name])));
  const plain = zipSync(files, { level: 0 });
  let rows;
  try {
    rows = await readSheet(new Blob([plain]), 1, { parseNumber, trim: false });
  } catch (error) {
    const place = /row (\d+), col (\d+): /.exec(error?.message ?? "");
    throw place
      ? new SheetError("cell-broken", { row: Number(place[1]), column: Number(place[2]) })
      : new SheetError("workbook-broken");
  }
  return { ...toSheet(rows), formulas };
}

function unpack(bytes) {
  const files = {};
  let [entries, unpacked, isWhole] = [0, 0, true];
  const reader = new Unzip((file) => {
    entries += 1;
    if (entries > MAX_ENTRIES) {
      throw new SheetError("workbook-bomb");
    }
    if (!WANTED.test(file.name) || file.name in files) {
      return;
    }
    const parts = [];
    isWhole = false;
    file.ondata = (error, part, isLast) => {
      if (error) {
        throw error instanceof SheetError ? error : new SheetError("workbook-broken");
      }
      unpacked += part.length;
      if (unpacked > MAX_UNPACKED) {
        throw new SheetError("workbook-bomb");
      }
      parts.push(part);
      if (isLast) {
        files[file.name] = joined(parts);
        isWhole = true;
      }
    };
    file.start();
  });
  reader.register(UnzipInflate);
  reader.register(UnzipPassThrough);
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      reader.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    }
  } catch (error) {
    throw error instanceof SheetError ? error : new SheetError("workbook-broken");
  }
  if (!isWhole) {
    throw new SheetError("workbook-broken");
  }
  return files;
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Refuse a sheet with cells so far out that a table of them fills the memory; count its formulas. */
function survey(xml) {
  const text = new TextDecoder().decode(xml);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) {
    throw new SheetError("workbook-other");
  }
  let [columns, last] = [0, 0];
  for (const [, letters, digits] of text.matchAll(/<c\s[^>]*?\br="([A-Za-z]{1,9})([0-9]{1,9})"/g)) {
    let column = 0;
    for (const letter of letters.toUpperCase()) {
      column = column * 26 + letter.charCodeAt(0) - 64;
    }
    [columns, last] = [Math.max(columns, column), Math.max(last, Number(digits))];
  }
  for (const [, digits] of text.matchAll(/<row\s[^>]*?\br="([0-9]{1,9})"/g)) {
    last = Math.max(last, Number(digits));
  }
  if (columns > MAX_COLUMNS) {
    throw new SheetError("columns-too-many", { most: MAX_COLUMNS, line: 1 });
  }
  if (last > MAX_READ + 1 || last * columns > MAX_CELLS) {
    throw new SheetError("rows-too-many", { most: MAX_READ });
  }
  for (const [, about, value] of text.matchAll(UNCOMPUTED)) {
    if (!value || !/\bt="str"/.test(about)) {
      throw new SheetError("formula-empty", { cell: /\br="([A-Za-z0-9]+)"/.exec(about)?.[1] ?? "" });
    }
  }
  return text.match(/<f[\s>]/g)?.length ?? 0;
}

function parseNumber(text) {
  if (/^-?[0-9]{1,15}(?:\.[0-9]+)?$/.test(text)) {
    return text;
  }
  const number = Number(text);
  const isExact = Number.isInteger(number) && Math.abs(number) < 10 ** EXACT_DIGITS;
  return isExact ? String(number) : Number.isInteger(number) ? new Rounded() : text;
}

function toSheet(rows) {
  const sheet = { rows: [], lines: [], faults: {} };
  rows.forEach((cells, index) => {
    const texts = cells.map(asText);
    if (texts.some((text) => text !== "")) {
      if (cells.some((cell) => cell instanceof Rounded)) {
        sheet.faults[sheet.rows.length] = "number-rounded";
      }
      sheet.lines.push(index + 1);
      sheet.rows.push(texts);
    }
  });
  return sheet;
}

function asText(cell) {
  if (cell === null || cell === undefined) {
    return "";
  }
  if (cell instanceof Rounded) {
    return "…";
  }
  return cell instanceof Date ? cell.toISOString().slice(0, 19) : String(cell).trim();
}
