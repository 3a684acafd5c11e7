import { asKind } from "../phones.js";

export const IDENTIFIER = { code: "cn-mobile", personal: true, rule: (text) => asKind("cn-mobile", text) };
