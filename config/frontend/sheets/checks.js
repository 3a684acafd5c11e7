// The dry run: every row as the clue it would become, or what is wrong with it. Nothing is sent.
import { IdentifierError, detect, normalize } from "../identifiers/index.js";
import { FIELDS } from "./fields.js";
import { MAX_CELL, MAX_IDENTIFIERS } from "./limits.js";
import { READERS, Wrong } from "./values.js";

/**
 * @typedef {object} Defaults what holds for rows that say nothing else; "" for no default
 * @typedef {{ type: string, canonical: string, raw: string, role: string }} Identifier
 * @typedef {{ row: number, line: number, clue: object, ownRef: string | null, identifiers: Identifier[] }} Draft
 * @typedef {{ row: number, line: number, code: string, column: number, more: object }} Fault column -1: the whole row
 */

/**
 * @param {import("./csv.js").Sheet} sheet
 * @param {import("./mapping.js").Mapping} mapping
 * @param {Record<string, string>} defaults
 * @param {{ terms: object, claims: string[], blocking: string[], suspected: string, role: string }} rules
 * @returns {{ drafts: Draft[], faults: Fault[] }}
 */
export function check(sheet, mapping, defaults, rules, now = Date.now()) {
  const known = { terms: rules.terms, now, offset: Number(defaults.offset ?? 480) };
  const common = readDefaults(defaults, known);
  const refs = new Set();
  const drafts = [];
  const faults = [];
  const first = mapping.hasHeader ? 1 : 0;
  for (let at = first; at < sheet.rows.length; at++) {
    const place = { row: at - first, line: sheet.lines[at] };
    const reader = new RowReader(sheet.rows[at], mapping, known);
    try {
      if (sheet.faults[at]) {
        throw new Wrong(sheet.faults[at]);
      }
      const draft = reader.draft(common, defaults, rules);
      if (draft.ownRef !== null && refs.has(draft.ownRef)) {
        throw new Wrong("client-ref-repeated");
      }
      refs.add(draft.ownRef);
      drafts.push({ ...place, ...draft });
    } catch (error) {
      if (!(error instanceof Wrong)) {
        throw error;
      }
      faults.push({ ...place, code: error.code, column: reader.column, more: error.more });
    }
  }
  return { drafts, faults };
}

/** The defaults as the API takes them; a Wrong in them concerns the form, not a row. */
function readDefaults(defaults, known) {
  const clue = {};
  for (const name of FIELDS) {
    if (defaults[name]) {
      clue[name] = READERS[name](defaults[name], known);
    }
  }
  return clue;
}

class RowReader {
  constructor(cells, mapping, known) {
    Object.assign(this, { cells, mapping, known, column: -1 });
  }

  draft(common, defaults, rules) {
    const clue = { ...common };
    const groups = new Map();
    this.mapping.uses.forEach((use, column) => {
      const text = this.cells[column] ?? "";
      if (!use || text === "") {
        return;
      }
      this.column = column;
      if (text.length > MAX_CELL) {
        throw new Wrong("too-large");
      }
      if (use.group) {
        groups.set(use.group, { ...groups.get(use.group), [use.field]: text, [`${use.field}At`]: column, use });
        if (use.field === "value") {
          groups.get(use.group).own = use.type;
        }
      } else {
        clue[use.field] = READERS[use.field](text, this.known);
      }
    });
    const identifiers = this.identifiers(groups, defaults, rules);
    this.column = -1;
    for (const name of ["category", "grade"]) {
      if (!clue[name]) {
        throw new Wrong("field-missing", { field: name });
      }
    }
    this.checkClaim(clue, rules);
    const { client_ref: ownRef = null, ...rest } = clue;
    if (ownRef !== null && identifiers.some(({ raw, canonical }) => holds(ownRef, raw) || holds(ownRef, canonical))) {
      throw new Wrong("raw-identifier");
    }
    return { clue: rest, ownRef, identifiers };
  }

  identifiers(groups, defaults, rules) {
    const found = [];
    const seen = new Set();
    for (const [, group] of [...groups].sort(([one], [other]) => one - other)) {
      if (group.value === undefined) {
        continue;
      }
      const one = this.identifier(group, defaults, rules);
      if (seen.has(`${one.type}|${one.canonical}`)) {
        throw new Wrong("identifier-repeated");
      }
      seen.add(`${one.type}|${one.canonical}`);
      found.push(one);
    }
    this.column = -1;
    if (found.length === 0) {
      throw new Wrong("identifiers-missing");
    }
    if (found.length > MAX_IDENTIFIERS) {
      throw new Wrong("identifiers-too-many");
    }
    return found;
  }

  identifier(group, defaults, rules) {
    this.column = group.typeAt ?? group.valueAt;
    const raw = group.value;
    const type = group.type ? READERS.type(group.type, this.known) : group.own || defaults.type || detect(raw);
    if (!type) {
      throw new Wrong("type-unclear");
    }
    this.column = group.roleAt ?? group.valueAt;
    const role = group.role ? READERS.role(group.role, this.known) : defaults.role || rules.role;
    this.column = group.valueAt;
    try {
      return { type, canonical: normalize(type, raw), raw, role };
    } catch (error) {
      if (!(error instanceof IdentifierError)) {
        throw error;
      }
      const { reason, detail } = error;
      const other = error.suggestedType ?? detect(raw);
      throw new Wrong(error.code, { reason, detail, suggestedType: other === type ? null : other });
    }
  }

  // A complaint alone is never a clue: above grade C it needs a sign of gray industry and the consumer's own word.
  checkClaim(clue, rules) {
    if ((clue.indicators ?? []).some((code) => rules.blocking.includes(code))) {
      throw new Wrong("indicator-blocks");
    }
    if (!rules.claims.includes(clue.category) || clue.grade === rules.suspected) {
      return;
    }
    if (!clue.indicators?.length) {
      throw new Wrong("indicator-missing");
    }
    if (!clue.consumer_contacted) {
      throw new Wrong("consumer-contacted-missing");
    }
  }
}

function holds(ref, value) {
  return value.length > 3 && ref.toLowerCase().includes(value.toLowerCase());
}
