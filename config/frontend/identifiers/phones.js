// The family of phone numbers: one raw value is of exactly one kind, or of none; as in aif_share/identifiers/phones.py.
import { orNull, whole } from "./base.js";
import { refuse } from "./errors.js";
import { isFixedAtHome, isPossible, parse } from "./numbering.js";

const EXTENSION =
  /\s*(?:;?\s?ext(?:ension)?\s?[.:=]?|转|轉|分机|分機|x|#)\s?[:=]?\s?([0-9]{1,8})/gi;
const DASHED_EXTENSION = whole(
  "(.*(?:(?:10|2[0-9])[\\-) ]+[0-9]{8}|[3-9][0-9]{2}[\\-) ]+[0-9]{7,8})|(?:400|800)[\\- ]?[0-9]{3}[\\- ]?[0-9]{4})" +
    "-([0-9]{1,6})",
);
const BODY = whole("\\(?\\+?[0-9 ()./\\-\\u2010-\\u2015\\u2212\\u00b7\\u30fb]+");

const HOME = "(?:\\+86|0086|86)";
const AREA = "(?:10|2[0-9]|[3-9][0-9]{2})";
const SHORT_SERVICE = "95[0-9]{3,6}|96[0-9]{3,4}|10(?!6)[0-9]{3,4}|1[12][0-9]{3,4}|101[0-9]{5}";
const MOBILE = whole(`${HOME}?0?(1[3-9][0-9]{9})`);
const SERVICE = whole(`(?:\\+86|0086)?(${SHORT_SERVICE})|${HOME}?0?([48]00[0-9]{7})`);
const SERVICE_VIA_AREA = whole(`(?:${HOME}0?|0)${AREA}(95[0-9]{3,4})`);
const SMS_PORT = whole("(\\+86|0086|86)?(106[0-9]{5,18})");
const LANDLINE = whole("(?:10|2[0-9])[2-9][0-9]{7}|[3-9][0-9]{2}[2-9][0-9]{6,7}");
const THINGS = whole("14[0-9]{11}");
const HOME_WITHOUT_PLUS = whole("86[0-9]{10,11}");

/** @typedef {{ kind: string, canonical: string }} Classified */

/** Kind and canonical form of a prepared text that is a complete phone number. @returns {Classified} */
export function classify(text) {
  const { body, extension } = split(text);
  const { kind, canonical } = kindOf(dialed(body));
  return { kind, canonical: extension ? `${canonical};ext=${extension}` : canonical };
}

/** The canonical form of a text that is of this kind; otherwise a refusal, naming the right type. */
export function asKind(kind, text) {
  const found = classify(text);
  if (found.kind !== kind) {
    refuse(`is-${found.kind}`, found.kind);
  }
  return found.canonical;
}

/** The kind of number a text is, null if it is none. */
export function kindOrNull(text) {
  return orNull(() => classify(text))?.kind ?? null;
}

/** The digits of an SMS port 106…, or null. With +86 in front ten digits are a Beijing landline, 010-6…. */
export function smsPort(text) {
  const found = BODY.test(text) ? SMS_PORT.exec(dialed(text)) : null;
  return found === null || (found[1] && found[2].length === 10) ? null : found[2];
}

function split(text) {
  if (text.slice(0, 4).toLowerCase() === "tel:") {
    text = text.slice(4).trim();
  }
  if (!BODY.test(text)) {
    const at = text.search(/[0-9)]/);
    EXTENSION.lastIndex = at + 1;
    const found = at < 0 ? null : EXTENSION.exec(text);
    if (found === null || found.index + found[0].length !== text.length || !BODY.test(text.slice(0, found.index))) {
      refuse("phone-shape");
    }
    return { body: text.slice(0, found.index), extension: found[1] };
  }
  const dashed = DASHED_EXTENSION.exec(text);
  return dashed ? { body: dashed[1], extension: dashed[2] } : { body: text, extension: "" };
}

function dialed(body) {
  return (body.includes("+") ? "+" : "") + body.replace(/[^0-9]/g, "");
}

function kindOf(number) {
  let found;
  if ((found = MOBILE.exec(number))) {
    return { kind: "cn-mobile", canonical: `+86${found[1]}` };
  }
  if ((found = SERVICE.exec(number))) {
    return { kind: "service-number", canonical: found[1] ?? found[2] };
  }
  if ((found = SERVICE_VIA_AREA.exec(number))) {
    return { kind: "service-number", canonical: found[1] };
  }
  const port = smsPort(number);
  if (port) {
    return { kind: "sms-port", canonical: port };
  }
  if (THINGS.test(number)) {
    return { kind: "phone", canonical: `+86${number}` };
  }
  if (HOME_WITHOUT_PLUS.test(number)) {
    number = `+${number}`;
  }
  if (number[0] !== "+" && number[0] !== "0") {
    refuse("phone-incomplete");
  }
  return parsed(number);
}

function parsed(dialedNumber) {
  const number = parse(dialedNumber);
  if (number === null) {
    refuse("phone-malformed");
  }
  const canonical = `+${number.code}${number.national}`;
  if (number.code !== "86") {
    if (!isPossible(number)) {
      refuse("phone-length");
    }
    // Of several zeros in front the library drops one at a time: such a number would have no settled form.
    const again = parse(canonical);
    if (again === null || again.code !== number.code || again.national !== number.national) {
      refuse("phone-zeros");
    }
    return { kind: "phone", canonical };
  }
  if (number.national[0] === "0") {
    refuse("phone-zeros");
  }
  if (MOBILE.test(number.national) || THINGS.test(number.national)) {
    return { kind: number.national.length === 11 ? "cn-mobile" : "phone", canonical };
  }
  if (LANDLINE.test(number.national) || isFixedAtHome(number)) {
    return { kind: "cn-landline", canonical };
  }
  refuse("phone-mainland");
}
