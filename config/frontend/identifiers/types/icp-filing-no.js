import { fullmatch, whole } from "../base.js";
import { upper } from "../text.js";

const PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新]";
const SHAPE = whole(`(${PROVINCE}ICP(?:备|证)[0-9]{6,10})号?`);
const SITE = whole("(.*?)[\\-\\u2010-\\u2015\\u2212]([0-9]{1,5}[A-Z]?)");

function rule(text) {
  const number = upper(text).replaceAll(" ", "");
  const site = SITE.exec(number);
  const found = fullmatch(SHAPE, site ? site[1] : number, "icp-filing-no");
  return `${found[1]}号${site ? `-${site[2]}` : ""}`;
}

export const IDENTIFIER = { code: "icp-filing-no", personal: false, rule };
