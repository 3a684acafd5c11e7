import { asKind } from "../phones.js";

export const IDENTIFIER = { code: "phone", personal: true, rule: (text) => asKind("phone", text) };
