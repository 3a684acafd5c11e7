import { canonicalHost } from "../hosts.js";

export const IDENTIFIER = { code: "domain", personal: false, rule: canonicalHost };
