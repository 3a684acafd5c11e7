import { canonicalUrl, parseWeb } from "../urls.js";

export const IDENTIFIER = { code: "url", personal: false, rule: (text) => canonicalUrl(parseWeb(text)) };
