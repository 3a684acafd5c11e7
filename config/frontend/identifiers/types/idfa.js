import { fullmatch, isRepeated } from "../base.js";
import { refuse } from "../errors.js";
import { ungroup, upper } from "../text.js";

const SHAPE = /^([0-9A-F]{8})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{12})$/;

function rule(text) {
  const [number, ...groups] = fullmatch(SHAPE, upper(ungroup(text)), "idfa");
  if (isRepeated(number)) {
    refuse("tracking-off");
  }
  return groups.join("-");
}

export const IDENTIFIER = { code: "idfa", personal: true, rule };
