import { asKind } from "../phones.js";

export const IDENTIFIER = { code: "cn-landline", personal: true, rule: (text) => asKind("cn-landline", text) };
