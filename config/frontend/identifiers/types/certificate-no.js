import { fullmatch, whole } from "../base.js";
import { refuse } from "../errors.js";
import { isNewer, length, upper } from "../text.js";

const SHAPE = whole("(?=(?:.*[0-9]){4})[\\p{L}\\p{N}_()/.:\\-]{5,64}");
const LABEL = /^(?:(?:证书编号|编号|证号):?|NO[.:])+/;

function rule(text) {
  const number = upper(text)
    .replace(/[[{〔【〈《]/g, "(")
    .replace(/[\]}〕】〉》]/g, ")")
    .replaceAll(" ", "")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(LABEL, "");
  if (isNewer(number) || length(number) > 64) {
    refuse("certificate-no");
  }
  return fullmatch(SHAPE, number, "certificate-no")[0];
}

export const IDENTIFIER = { code: "certificate-no", personal: true, rule };
