// The answer of a screening, value by value: what is known of each, why it scores so, and what one can do about it.
import { element } from "./elements.js";
import { moment, number, t } from "./words.js";

const ALWAYS_OPEN = 3; // so few hits show their terms at once
const SHIPPED = { "Shipped: types that are not personal": "title-shipped" }; // others are written by the alliance
const MOST = { "independent-groups": 35, grade: 27, "source-quality": 10, recency: 20, specificity: 8, disputes: 10 };

/**
 * @typedef {{ index: number, hit: boolean, band: string | null, categories: string[], best_grade: string | null,
 *   score: number | null, terms: { term: string, points: number }[] }} Result
 */

/** The sums above: asked, hits, quota before and after. */
export function sums({ results, before, after, replayed }) {
  const hits = results.filter(({ hit }) => hit).length;
  const box = (value, label) =>
    element("div", { class: "stat" }, element("span", { class: "stat__value" }, value), element("span", { class: "stat__label" }, label));
  const quota = replayed ? t("charged-once") : t("quota-change");
  return [
    box(number(hits), t("sum-hits")),
    box(number(results.length - hits), t("sum-none")),
    box(replayed ? number(after) : `${number(before)} → ${number(after)}`, quota),
  ];
}

/** What the answer rests on, and what the purpose demands. */
export function lawfulUse({ lawful_use: use, as_of: asOf }, purpose) {
  const demands = [use.human_review && t("human-review"), use.never_sole_ground && t("never-sole-ground"), purpose.note].filter(Boolean);
  return [
    element("p", {}, element("strong", {}, purpose.label), ` · ${t("under-matrix", { matrix: use.matrix, title: SHIPPED[use.title] ? t(SHIPPED[use.title]) : use.title })} · ${t("as-of", { at: moment(asOf) })}`),
    ...demands.map((demand) => element("p", {}, demand)),
  ];
}

/**
 * The table of results.
 *
 * @param {Result[]} results
 * @param {import("./values.js").Value[]} values
 * @param {{ categories: Record<string, string>, grades: Record<string, string> }} labels
 * @param {{ watch: (index: number) => void, dispute: (index: number) => void }} acts
 */
export function table(results, values, labels, acts) {
  const open = results.filter(({ hit }) => hit).length <= ALWAYS_OPEN;
  const head = ["value", "answer", "others", "categories", "grade", "score", "do"].map((key) =>
    element("th", { scope: "col", class: key === "score" ? "number" : null }, t(`column-${key}`)),
  );
  const rows = results.flatMap((result) => row(result, values[result.index], labels, acts, open));
  const small = results.some(({ hit, band }) => hit && band === null);
  return element(
    "div",
    { class: "answer__whole" },
    element(
      "section",
      { class: "card card--flush" },
      element("div", { class: "table-scroll" }, element("table", { class: "table--cards" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", { "data-list": "" }, ...rows))),
    ),
    small ? element("p", { class: "muted" }, t("band-none")) : null,
  );
}

function row(result, value, labels, acts, open) {
  const cell = (key, options, ...children) => element("td", { "data-label": t(`column-${key}`), ...options }, ...children);
  const badge = element("span", { class: `badge ${result.hit ? "badge--warn" : "badge--good"}` }, t(result.hit ? "hit" : "no-hit"));
  const name = element("span", { class: "raw-value", translate: "no" }, value.raw);
  const button = (key, act, danger) => {
    const made = element("button", { type: "button", class: `button button--small ${danger ? "button--quiet" : "button--second"}`, "aria-label": `${t(key)}: ${value.raw}` }, t(key));
    made.addEventListener("click", () => act(result.index));
    return made;
  };
  if (!result.hit) {
    return [
      element("tr", { "data-list-row": "", "data-hit": "no" }, cell("value", {}, name), cell("answer", {}, badge), cell("others", {}, "—"), cell("categories", {}, "—"),
        cell("grade", {}, "—"), cell("score", { class: "number" }, "—"), cell("do", { class: "answer__acts" }, button("watch", acts.watch))),
    ];
  }
  const categories = result.categories.map((code) => element("span", { class: "badge badge--plain" }, labels.categories[code] ?? code));
  return [
    element(
      "tr",
      { "data-list-row": "", "data-hit": "yes" },
      cell("value", {}, name),
      cell("answer", {}, badge),
      cell("others", {}, result.band === null ? "—" : t(`band-${result.band}`)),
      cell("categories", {}, element("span", { class: "badges" }, ...categories)),
      cell("grade", {}, element("span", {}, element("strong", {}, result.best_grade), ` ${labels.grades[result.best_grade] ?? ""}`)),
      cell("score", { class: "number" }, element("span", {}, element("strong", {}, number(result.score)), t("of-100"))),
      cell("do", { class: "answer__acts" }, element("span", {}, button("watch", acts.watch), " ", button("dispute", acts.dispute, true))),
    ),
    element("tr", { class: "answer__why" }, element("td", { colspan: 7 }, terms(result.terms, open))),
  ];
}

/** Why it scores so: each term in words, with its points. */
export function terms(list, open) {
  const lines = list.map(({ term, points }) =>
    element(
      "li",
      {},
      element("span", { class: "answer__term" }, t(`term-${term}`)),
      element("meter", { min: 0, max: MOST[term] ?? 35, value: Math.abs(points), "aria-hidden": "true", class: points < 0 ? "answer__minus" : null }),
      element("span", { class: "number" }, points > 0 ? `+${points}` : `−${-points}`),
      element("span", { class: "muted" }, t(`why-${term}`)),
    ),
  );
  return element("details", { open }, element("summary", {}, t("why-score")), element("ul", { class: "answer__terms" }, ...lines));
}
