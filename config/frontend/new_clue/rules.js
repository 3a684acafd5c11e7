// What a clue must be before it is sent: the checks of clues/submissions/rows.py that a form can explain beside a field.
const BASIS = /^[a-z0-9-]{1,64}$/;
const AMOUNT = /^[0-9]{1,15}(?:\.[0-9]{1,2})?$/;
const EARLIEST = Date.UTC(2000, 0, 1);
const AHEAD_MS = 24 * 60 * 60 * 1000;

/**
 * @typedef {object} Written what stands in the form
 * @property {Record<string, string>} fields
 * @property {string[]} indicators
 * @property {boolean} crime_indicator
 */

/** Whether the category and grade ask for a sign and the consumer's word. */
export function needsSigns({ fields }, rules) {
  return rules.claims.includes(fields.category) && fields.grade !== "" && fields.grade !== rules.suspected;
}

/**
 * The fields of a clue as the API takes them, and a text key for each field that is wrong.
 *
 * @param {Written} written
 * @param {any} rules
 * @returns {{ clue: Record<string, any>, errors: Record<string, string> }}
 */
export function checkFields(written, rules, now = Date.now()) {
  const { fields } = written;
  const isClaim = rules.claims.includes(fields.category);
  const errors = {};
  const clue = {};
  for (const name of ["category", "grade"]) {
    if (fields[name]) {
      clue[name] = fields[name];
    } else {
      errors[name] = `${name}-missing`;
    }
  }
  for (const name of ["channel", "region", "tlp"]) {
    put(clue, name, fields[name]);
  }
  if (fields.observed_at) {
    const at = new Date(fields.observed_at).getTime();
    if (Number.isNaN(at) || at < EARLIEST || at > now + AHEAD_MS) {
      errors.observed_at = "observed-at-invalid";
    } else {
      clue.observed_at = new Date(at).toISOString().replace(".000Z", "Z");
    }
  }
  const amount = fields.amount_cny.normalize("NFKC").replace(/[\s,]/g, "");
  if (amount && !AMOUNT.test(amount)) {
    errors.amount_cny = "amount-invalid";
  }
  put(clue, "amount_cny", amount);
  const basis = fields.basis.trim();
  if (basis && !BASIS.test(basis)) {
    errors.basis = "basis-invalid";
  }
  put(clue, "basis", basis);
  if (written.crime_indicator) {
    clue.crime_indicator = true;
  }
  if (isClaim) {
    Object.assign(errors, checkClaim(written, rules));
    put(clue, "indicators", written.indicators.length > 0 ? written.indicators : "");
    put(clue, "consumer_contacted", fields.consumer_contacted);
    put(clue, "level", fields.level);
  }
  return { clue, errors };
}

function checkClaim(written, rules) {
  if (written.indicators.some((code) => rules.blocking.includes(code))) {
    return { indicators: "indicator-blocks" };
  }
  if (!needsSigns(written, rules)) {
    return {};
  }
  return {
    ...(written.indicators.length === 0 && { indicators: "indicator-missing" }),
    ...(!written.fields.consumer_contacted && { consumer_contacted: "consumer-contacted-missing" }),
  };
}

function put(clue, name, value) {
  if (value) {
    clue[name] = value;
  }
}
