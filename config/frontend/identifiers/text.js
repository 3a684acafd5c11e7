// Text folding that every type shares, as in aif_share/identifiers/text.py: NFKC first, no invisible characters, no
// stray spaces. Characters newer than Unicode 14 are neither composed nor folded, as Python 3.11 knows none of them.
import { RUNS } from "./unassigned.js";
import { refuse } from "./errors.js";

export const MAX_RAW = 4096; // characters; a web address is the longest identifier there is

// Characters without a glyph: they survive copy and paste and would make two identifiers of one.
const INVISIBLE = new RegExp(
  "[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb" +
    "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]",
  "gu",
);
// White space as Python knows it, which is not what \s means here.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
const GROUPING = /[ \-\u2010-\u2015\u2212\u30fb\u00b7]/gu;
const SURROGATE = /\p{Surrogate}/u;
const ASCII = /^[\x00-\x7f]*$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const UNASSIGNED = unassigned();

function unassigned() {
  let at = 0;
  let ranges = "";
  RUNS.split(" ").forEach((run, index) => {
    const end = at + parseInt(run, 36);
    if (index % 2) {
      ranges += `\\u{${at.toString(16)}}-\\u{${(end - 1).toString(16)}}`;
    }
    at = end;
  });
  return new RegExp(`[${ranges}]`, "u");
}

const PARTS = new RegExp(`(${UNASSIGNED.source}+)`, "u");

/** Whether a text holds a character that Unicode 14 has not. */
export function isNewer(text) {
  return !ASCII.test(text) && UNASSIGNED.test(text);
}

function outsideNewer(text, change) {
  if (!UNASSIGNED.test(text)) {
    return change(text);
  }
  return text
    .split(PARTS)
    .map((part, index) => (index % 2 ? part : change(part)))
    .join("");
}

/** The number of characters, as Python counts them. */
export function length(text) {
  return Array.from(text).length;
}

/** NFKC without invisible characters, inner white space as one space each, none around; refused if nothing is left. */
export function prepare(raw) {
  if (typeof raw !== "string") {
    refuse("not-text");
  }
  if (raw.length > MAX_RAW && (raw.length > 2 * MAX_RAW || length(raw) > MAX_RAW)) {
    refuse("too-long");
  }
  let text = raw;
  if (!PRINTABLE.test(raw)) {
    if (SURROGATE.test(raw)) {
      refuse("not-unicode");
    }
    text = settle(raw);
  }
  text = text.replace(SPACES, " ").replace(/^ | $/g, "");
  if (text === "") {
    refuse("empty");
  }
  return text;
}

// Dropping a character can bring two others together that NFKC composes, hence until nothing changes.
function settle(text) {
  for (;;) {
    const settled = outsideNewer(text.replace(INVISIBLE, ""), (part) => part.normalize("NFKC"));
    if (settled === text) {
      return settled;
    }
    text = settled;
  }
}

/** Lower case, as Python's str.lower(). */
export function lower(text) {
  return ASCII.test(text) ? text.toLowerCase() : outsideNewer(text, (part) => part.toLowerCase());
}

/** Upper case, as Python's str.upper(): a letter whose capital is newer than Unicode 14 stays. */
export function upper(text) {
  if (ASCII.test(text)) {
    return text.toUpperCase();
  }
  const capital = (letter) => (UNASSIGNED.test(letter + letter.toUpperCase()) ? letter : letter.toUpperCase());
  return Array.from(text, capital).join("");
}

/** Lower case that stays lower case and NFKC when folded again. */
export function foldCase(text) {
  if (ASCII.test(text)) {
    return text.toLowerCase();
  }
  for (;;) {
    const folded = settle(lower(text));
    if (folded === text) {
      return folded;
    }
    text = folded;
  }
}

/** The text without the spaces, dashes and middle dots by which people group digits. */
export function ungroup(text) {
  return text.replace(GROUPING, "");
}

/** Undo the bracketed dots and `hxxp` by which analysts keep an address from being clicked. */
export function refang(text) {
  text = text.replaceAll("[.]", ".").replaceAll("[:]", ":");
  return text.slice(0, 4).toLowerCase() === "hxxp" ? `http${text.slice(4)}` : text;
}
