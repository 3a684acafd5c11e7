// Which columns make up which identifier of a clue.
import { IDENTIFIER } from "./fields.js";

/** Number the identifiers: one group to each column of values; a type or role belongs to its number, else to the last
 * value before it. */
export function numbered(uses) {
  const groups = new Map();
  let last = 0;
  const made = uses.map((use) => {
    if (use?.field !== "value") {
      return use;
    }
    last += 1;
    if (!groups.has(use.group ?? 1)) {
      groups.set(use.group ?? 1, last);
    }
    return { ...use, group: last };
  });
  let before = 1;
  const taken = new Set();
  return made.map((use) => {
    if (use?.field === "value") {
      before = use.group;
    }
    if (!use || use.field === "value" || !IDENTIFIER.includes(use.field)) {
      return use;
    }
    const wished = groups.get(use.group ?? 1) ?? before;
    const group = taken.has(`${use.field}|${wished}`) ? before : wished;
    taken.add(`${use.field}|${group}`);
    return { ...use, group };
  });
}
