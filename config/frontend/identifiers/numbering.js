// Numbering plans: what Google's libphonenumber makes of a dialed number, by the metadata of libphonenumber-js. That
// library's own parser answers by other rules than Google's where countries share a calling code, and a token must not
// depend on that; so the few steps that `phonenumbers` of Python takes for bare digits are taken here.
import { Metadata } from "libphonenumber-js/core";
import metadata from "libphonenumber-js/max/metadata";

const HOME = "86";
const LONGEST = 250;
const IDD = /^(?:00|1(?:[12]\d|79)\d\d00)/;
// In the order in which a number's kind is asked for; the fixed line comes last.
const BEFORE_FIXED = ["PREMIUM_RATE", "TOLL_FREE", "SHARED_COST", "VOIP", "PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL"];

const plans = new Map();

function plan(code) {
  if (!plans.has(code)) {
    const all = new Metadata(metadata);
    all.selectNumberingPlan(code);
    plans.set(code, all.numberingPlan);
  }
  return plans.get(code);
}

function isCode(code) {
  return Boolean(metadata.country_calling_codes[code] ?? metadata.nonGeographic[code]);
}

function matches(pattern, number) {
  return new RegExp(`^(?:${pattern})$`).test(number);
}

/** @typedef {{ code: string, national: string }} PhoneNumber calling code and national significant number */

/** The number of + and digits, or of digits dialed in China; null if it is none. @returns {PhoneNumber | null} */
export function parse(dialed) {
  const digits = dialed.replace("+", "");
  if (dialed.length > LONGEST || digits.length < (dialed === digits ? 2 : 3)) {
    return null;
  }
  const abroad = dialed === digits ? withoutIdd(dialed) : digits;
  if (abroad === null) {
    return settled(HOME, dialed);
  }
  const code = callingCode(abroad);
  if (code !== null) {
    return settled(code, abroad.slice(code.length));
  }
  // Both + and 00 in front: the second counts.
  const again = dialed === digits ? null : withoutIdd(digits);
  const second = again === null ? null : callingCode(again);
  return second === null ? null : settled(second, again.slice(second.length));
}

function withoutIdd(digits) {
  const found = IDD.exec(digits);
  return found === null || digits[found[0].length] === "0" ? null : digits.slice(found[0].length);
}

function callingCode(digits) {
  if (digits.length <= 2 || digits[0] === "0") {
    return null;
  }
  return [1, 2, 3].map((length) => digits.slice(0, length)).find(isCode) ?? null;
}

function settled(code, digits) {
  if (digits.length < 2) {
    return null;
  }
  const stripped = withoutPrefix(plan(code), digits);
  const national = ["too-short", "invalid"].includes(lengthOf(plan(code), stripped)) ? digits : stripped;
  return national.length < 2 || national.length > 17 ? null : { code, national };
}

function withoutPrefix(rules, digits) {
  const prefix = rules.nationalPrefixForParsing();
  const found = prefix ? new RegExp(`^(?:${prefix})`).exec(digits) : null;
  if (found === null) {
    return digits;
  }
  const transform = rules.nationalPrefixTransformRule();
  const captured = found.length > 1 && found[found.length - 1] !== undefined;
  const rest =
    transform && captured ? digits.replace(new RegExp(`^(?:${prefix})`), transform) : digits.slice(found[0].length);
  const pattern = rules.nationalNumberPattern();
  return matches(pattern, digits) && !matches(pattern, rest) ? digits : rest;
}

function lengthOf(rules, national) {
  const lengths = rules.possibleLengths();
  if (lengths.includes(national.length)) {
    return "possible";
  }
  if (national.length < lengths[0]) {
    return "too-short";
  }
  return national.length > lengths.at(-1) ? "too-long" : "invalid";
}

/** Whether a number has a length that numbers of its calling code have. */
export function isPossible({ code, national }) {
  return lengthOf(plan(code), national) === "possible";
}

/** Whether a number is that of a fixed line of the mainland. */
export function isFixedAtHome({ code, national }) {
  const rules = plan(code);
  const is = (kind) => {
    const type = rules.type(kind);
    return Boolean(type) && type.possibleLengths().includes(national.length) && matches(type.pattern(), national);
  };
  return (
    code === HOME && matches(rules.nationalNumberPattern(), national) && !BEFORE_FIXED.some(is) && is("FIXED_LINE")
  );
}
