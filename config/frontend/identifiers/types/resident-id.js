import { fullmatch } from "../base.js";
import { idDigit } from "../checks.js";
import { refuse } from "../errors.js";
import { ungroup, upper } from "../text.js";

const SHAPE = /^[1-9][0-9]{14}(?:[0-9]{2}[0-9X])?$/;
// GB/T 2260; residents of Taiwan got 83 on their permits, where it has 71.
const PROVINCES = new Set(
  "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split(" "),
);

function rule(text) {
  let number = fullmatch(SHAPE, upper(ungroup(text)), "resident-id")[0];
  if (number.length === 15) {
    // The old form has no century and no check digit; all its holders were born in 19xx but for some centenarians.
    number = `${number.slice(0, 6)}19${number.slice(6)}`;
    number += idDigit(number);
  }
  // A foreign permanent resident's number: 9, province, three digits of the country, then as everybody's.
  if (!PROVINCES.has(number[0] === "9" ? number.slice(1, 3) : number.slice(0, 2))) {
    refuse("resident-id-province");
  }
  if (!isDate(number.slice(6, 14))) {
    refuse("resident-id-birth");
  }
  return number[17] === idDigit(number) ? number : refuse("resident-id-check");
}

function isDate(digits) {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1850 && year < 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1;
}

export const IDENTIFIER = { code: "resident-id", personal: true, rule };
