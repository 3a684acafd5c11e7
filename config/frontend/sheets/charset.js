// Bytes to text: UTF-8 or UTF-16 by their marks, else UTF-8 throughout, else GB18030 throughout. A file that is of both
// is refused, with a line of each: guessing would make other people's names of some.
import { SheetError } from "./errors.js";

const MARKS = [
  { charset: "UTF-8", bytes: [0xef, 0xbb, 0xbf] },
  { charset: "UTF-16LE", bytes: [0xff, 0xfe] },
  { charset: "UTF-16BE", bytes: [0xfe, 0xff] },
  { charset: "GB18030", bytes: [0x84, 0x31, 0x95, 0x33] },
];

function attempt(charset, bytes) {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** @param {Uint8Array} bytes @returns {{ text: string, charset: string }} */
export function decode(bytes) {
  const mark = MARKS.find((one) => one.bytes.every((byte, index) => bytes[index] === byte));
  if (mark) {
    const text = attempt(mark.charset, bytes.subarray(mark.bytes.length));
    if (text === null) {
      throw new SheetError("charset-broken", { charset: mark.charset });
    }
    return { text, charset: mark.charset };
  }
  const text = attempt("UTF-8", bytes);
  if (text !== null) {
    return { text: printable(text), charset: "UTF-8" };
  }
  const lines = linesByCharset(bytes);
  if (lines.utf8 && lines.other) {
    throw new SheetError("charset-mixed", { utf8: lines.utf8, other: lines.other });
  }
  const chinese = attempt("GB18030", bytes);
  if (chinese === null) {
    throw new SheetError("charset-unknown", { line: lines.neither || lines.other });
  }
  return { text: printable(chinese), charset: "GB18030" };
}

function printable(text) {
  if (text.includes("\u0000")) {
    throw new SheetError("not-text"); // a picture, a program, an old .xls
  }
  return text;
}

/** The first line, from 1, that is UTF-8 and no ASCII; that is GB18030 and no UTF-8; and that is neither. */
function linesByCharset(bytes) {
  const found = { utf8: 0, other: 0, neither: 0 };
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const end = bytes.indexOf(10, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
    if (line.every((byte) => byte < 0x80)) {
      continue;
    }
    const text = attempt("UTF-8", line);
    if (text === null) {
      found[attempt("GB18030", line) === null ? "neither" : "other"] ||= number;
    } else if (/[\u0800-\uffff]/.test(text)) {
      found.utf8 ||= number; // three bytes in a row that fit are no chance
    }
  }
  return found;
}
