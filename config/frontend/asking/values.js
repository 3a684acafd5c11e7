// What somebody typed or pasted, read as values of one type. Nothing here leaves the page.
import { detect, explain, normalize, IdentifierError } from "../identifiers/index.js";

const LOOKED_AT = 20; // lines that the guess of a type looks at

/**
 * @typedef {{ line: number, raw: string, canonical: string }} Value
 * @typedef {{ line: number, why: string, suggestedType: string | null }} Refused
 */

/** The lines that hold something, with their numbers from 1. @returns {{ line: number, raw: string }[]} */
export function readLines(text) {
  return text
    .split(/\r\n|\r|\n/)
    .map((raw, index) => ({ line: index + 1, raw: raw.trim() }))
    .filter(({ raw }) => raw !== "");
}

/** The type most of the first lines seem to be of, null if none seems to be anything. */
export function guessType(lines) {
  const votes = new Map();
  for (const { raw } of lines.slice(0, LOOKED_AT)) {
    const code = detect(raw);
    if (code !== null) {
      votes.set(code, (votes.get(code) ?? 0) + 1);
    }
  }
  return [...votes].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}

/**
 * Every value once, in the order typed, and the lines that are none.
 *
 * @returns {{ values: Value[], refused: Refused[], repeated: number }}
 */
export function readValues(lines, type) {
  const seen = new Set();
  const found = { values: [], refused: [], repeated: 0 };
  for (const { line, raw } of lines) {
    try {
      const canonical = normalize(type, raw);
      if (seen.has(canonical)) {
        found.repeated += 1;
      } else {
        seen.add(canonical);
        found.values.push({ line, raw, canonical });
      }
    } catch (error) {
      if (!(error instanceof IdentifierError)) {
        throw error;
      }
      found.refused.push({ line, why: explain(error), suggestedType: error.suggestedType });
    }
  }
  return found;
}
