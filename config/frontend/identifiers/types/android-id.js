import { fullmatch, isRepeated } from "../base.js";
import { refuse } from "../errors.js";
import { lower, ungroup } from "../text.js";

const SHAPE = /^(?:0x)?([0-9a-f]{12,16})$/;
const SHARED = "9774d56d682e549c"; // a bug of Android 2.2 gave it to millions of devices

function rule(text) {
  // Android writes a 64-bit number without leading zeros.
  const number = fullmatch(SHAPE, lower(ungroup(text)), "android-id")[1].padStart(16, "0");
  if (isRepeated(number) || number === SHARED) {
    refuse("dummy-device");
  }
  return number;
}

export const IDENTIFIER = { code: "android-id", personal: true, rule };
