import { fullmatch, whole } from "../base.js";
import { ungroup, upper } from "../text.js";

const PARCEL = /^(JD[A-Z0-9]{8,22})-[0-9]+(?:-[0-9]*)*$/;
const SHAPE = whole("(?=(?:[A-Z]*[0-9]){8})[A-Z0-9]{8,30}");

function rule(text) {
  const number = upper(text).replaceAll(" ", "");
  // JD writes the parcel's place in its consignment behind the number.
  const found = PARCEL.exec(number);
  return fullmatch(SHAPE, ungroup(found ? found[1] : number), "courier-waybill-no")[0];
}

export const IDENTIFIER = { code: "courier-waybill-no", personal: true, rule };
