// Watches: the list shows values from this browser's map; the form makes tokens and remembers which value is watched.
import "../map/raw_values.js";
import { watch } from "../asking/acts.js";
import { lawfulUse } from "../asking/answer.js";
import { element } from "../asking/elements.js";
import { Question } from "../asking/question.js";
import { moment, t } from "../asking/words.js";
import "../tokens/panel.js";

const root = document.querySelector("[data-asking=watch]");
if (root) {
  const answer = document.querySelector("[data-answer]");
  const part = (name) => answer.querySelector(`[data-${name}]`);
  const question = new Question(root, async (asked, signal) => {
    const { addresses } = question.asked;
    const { watches, body, replayed, kept } = await watch(addresses.watches, asked, signal);
    question.charge(replayed ? 0 : watches.length);
    const said = t("watches-made", { n: watches.length, until: moment(body.expires_at) });
    part("lawful-use").replaceChildren(
      element("p", {}, said, kept ? "" : ` ${t("map-failed")}`),
      ...lawfulUse({ ...body, as_of: new Date() }, question.purposes.get(asked.purpose)),
    );
    part("results").replaceChildren(made(watches, asked, addresses.watch_list));
    answer.hidden = false;
    answer.focus();
    answer.scrollIntoView({ block: "start" });
  });
  part("again").addEventListener("click", () => {
    answer.hidden = true;
    question.clear();
  });
}

function made(watches, { values }, list) {
  const head = ["value", "reference"].map((key) => element("th", { scope: "col" }, t(`column-${key}`)));
  const rows = watches.map((reference, index) =>
    element(
      "tr",
      { "data-list-row": "" },
      element("td", { "data-label": t("column-value") }, element("a", { href: `${list}/${reference}`, class: "raw-value", translate: "no" }, values[index].raw)),
      element("td", { "data-label": t("column-reference") }, element("code", {}, reference)),
    ),
  );
  const whole = element("table", { class: "table--cards" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", { "data-list": "" }, ...rows));
  return element("section", { class: "card card--flush" }, element("div", { class: "table-scroll" }, whole));
}
