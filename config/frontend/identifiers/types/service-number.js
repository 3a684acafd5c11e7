import { asKind } from "../phones.js";

export const IDENTIFIER = { code: "service-number", personal: false, rule: (text) => asKind("service-number", text) };
