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

// As every table of the portal writes moments, in the zone that the pages name.
const MOMENT = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** A moment in local time to the minute. @param {string | Date} at */
export function moment(at) {
  return MOMENT.format(new Date(at));
}
