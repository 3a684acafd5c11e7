import { refuse } from "../errors.js";
import { ungroup, upper } from "../text.js";

// Ordinary, service, diplomatic and the two regions' passports; K and M stand for Hong Kong's and Macao's.
const CHINESE = /^(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[GDSP][0-9]{8}|(?:PE|SE|DE)[0-9]{7}|1[45][0-9]{7})$/;
const WITH_ISSUER = /^([A-Z]{3}|D)[:/]([A-Z0-9]{5,12})$/;

function rule(text) {
  const number = upper(ungroup(text)).replaceAll("<", "");
  const found = WITH_ISSUER.exec(number);
  if (found) {
    return /[0-9]/.test(found[2]) ? `${found[1]}:${found[2]}` : refuse("passport-digits");
  }
  return CHINESE.test(number) ? `CHN:${number}` : refuse("passport");
}

export const IDENTIFIER = { code: "passport", personal: true, rule };
