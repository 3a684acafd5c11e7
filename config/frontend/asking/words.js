// How pages that ask say things: texts, failures, numbers and moments in the language of the page.
import { explainProblem, Problem } from "../platform/post.js";
import { translator } from "../text/translator.js";
import texts from "../text/asking.js";
import { explain } from "../tokens/index.js";

export const t = translator(texts);

/** What went wrong, in a sentence: on the way to the tokens, or at the platform. */
export function describe(error) {
  if (error?.name === "AbortError") {
    return t("stopped");
  }
  return error instanceof Problem ? explainProblem(error) : explain(error);
}

/** A number as the reader writes it. */
export function number(value) {
  return new Intl.NumberFormat(document.documentElement.lang).format(value);
}

/** A moment as tables of this portal show it. */
export function moment(at) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}
