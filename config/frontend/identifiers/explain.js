// Refusals in words, apart from the rules: a page that only shows what a worker found need not load them.
import { translator } from "../text/translator.js";
import texts from "../text/identifiers.js";

/** What is wrong with a value and what to do next, in the language of the page.
 * @param {import("./errors.js").IdentifierError} error */
export function explain(error, language = undefined) {
  return translator(texts, language)(error.reason in texts ? error.reason : "identifier-invalid", error.detail);
}
