// One cell to one field of a clue, as aif_share/client/fields.py and the platform read it. What is wrong is a code of the
// platform (`clues/portal/explanations.py`), so that it is explained the same here and there.
import { rawKind } from "../identifiers/index.js";

/** @typedef {{ terms: Record<string, [code: string, zh: string, en: string][]>, now: number, offset: number }} Known */

const LISTS = {
  category: ["categories", "category-unknown"],
  grade: ["grades", "grade-unknown"],
  channel: ["channels", "channel-unknown"],
  region: ["regions", "region-unknown"],
  level: ["levels", "level-unknown"],
  consumer_contacted: ["consumer-contacted", "consumer-contacted-invalid"],
  tlp: ["tlp", "tlp-unknown"],
  role: ["roles", "role-unknown"],
  type: ["types", "type-unknown"],
};
const TRUTH = { true: true, 1: true, yes: true, y: true, 是: true, false: false, 0: false, no: false, n: false, 否: false };
const EARLIEST = Date.UTC(2000, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;
const MOMENT =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})(?:\.\d+)?秒?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

export class Wrong extends Error {
  /** @param {string} code @param {object} [more] `reason`, `suggestedType`, `detail` of an IdentifierError */
  constructor(code, more = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

/** A code of a list, given as code, as one of its names, or as both with a space between. @param {Known} known */
export function term(list, code, text, known) {
  const written = text.trim().toLowerCase();
  const first = written.split(/\s+/)[0];
  const rows = known.terms[list];
  const found =
    rows.find((row) => row[0].toLowerCase() === written) ??
    rows.find((row) => row[1].toLowerCase() === written || row[2].toLowerCase() === written) ??
    rows.find((row) => row[0].toLowerCase() === first);
  if (!found) {
    throw new Wrong(code);
  }
  return found[0];
}

function amount(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "");
  if (!/^(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2})?$/.test(plain)) {
    throw new Wrong("amount-invalid");
  }
  const [yuan, cents = ""] = plain.replaceAll(",", "").split(".");
  return `${yuan.replace(/^0+(?=\d)/, "")}.${cents.padEnd(2, "0")}`;
}

/** @param {Known} known `offset`: minutes east of UTC of a time that says nothing else */
function moment(text, known) {
  const found = MOMENT.exec(text.normalize("NFKC").trim());
  if (!found) {
    throw new Wrong("observed-at-invalid");
  }
  const [year, month, day, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const zone = found[7] ? offsetOf(found[7]) : known.offset;
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const at = local.getTime() - zone * 60_000;
  if (!isReal || at < EARLIEST || at > known.now + DAY_MS) {
    throw new Wrong("observed-at-invalid");
  }
  return new Date(at).toISOString().replace(".000Z", "Z");
}

function offsetOf(zone) {
  if (zone.toUpperCase() === "Z") {
    return 0;
  }
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function matching(pattern, code, { lower = false } = {}) {
  return (text) => {
    const plain = lower ? text.trim().toLowerCase() : text.trim();
    if (!pattern.test(plain)) {
      throw new Wrong(code);
    }
    return plain;
  };
}

function ownWord(pattern, code) {
  const read = matching(pattern, code);
  return (text) => {
    const plain = read(text);
    // A member's own word goes to the platform as it is: no number, mailbox, address or host may pass in it.
    if (rawKind(plain) || /:\/\/|@[^@]*\.|\.[a-z]{2,}$/i.test(plain)) {
      throw new Wrong("raw-identifier");
    }
    return plain;
  };
}

function truth(text) {
  const found = TRUTH[text.trim().toLowerCase()];
  if (found === undefined) {
    throw new Wrong("crime-indicator-invalid");
  }
  return found;
}

/** Every field of a clue but its identifiers. @type {Record<string, (text: string, known: Known) => any>} */
export const READERS = {
  ...Object.fromEntries(
    Object.entries(LISTS).map(([name, [list, code]]) => [name, (text, known) => term(list, code, text, known)]),
  ),
  observed_at: moment,
  amount_cny: amount,
  crime_indicator: truth,
  indicators: (text, known) => [
    ...new Set(
      text
        .split(/[;|；、]/)
        .filter((part) => part.trim())
        .map((part) => term("indicators", "indicator-unknown", part, known)),
    ),
  ],
  evidence_sha256: matching(/^[0-9a-f]{64}$/, "evidence-digest-invalid", { lower: true }),
  basis: ownWord(/^[a-z0-9-]{1,64}$/, "basis-invalid"),
  client_ref: ownWord(/^[A-Za-z0-9._:/+=@-]{1,64}$/, "client-ref-invalid"),
};
