import { canonicalEmail } from "../emails.js";

export const IDENTIFIER = { code: "email", personal: true, rule: canonicalEmail };
