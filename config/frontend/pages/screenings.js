// The page that screens: values stay here, tokens go out, the answer is shown and kept nowhere.
import "../map/raw_values.js";
import "../tokens/panel.js";
import { dispute, header, watch } from "../asking/acts.js";
import { lawfulUse, sums, table } from "../asking/answer.js";
import { ask } from "../asking/dialogs.js";
import { element } from "../asking/elements.js";
import { Question } from "../asking/question.js";
import { moment, t } from "../asking/words.js";
import { post } from "../platform/post.js";

const root = document.querySelector("[data-asking=screening]");
const answer = document.querySelector("[data-answer]");
const [watching, disputing] = ["watch", "dispute"].map((name) => document.querySelector(`[data-${name}-dialog]`));
const part = (name) => answer.querySelector(`[data-${name}]`);

const question = new Question(root, async (asked, signal) => {
  const { addresses } = question.asked;
  const { body, replayed } = await post(addresses.screenings, { ...header(asked), tokens: asked.tokens }, { signal });
  const before = question.charge(replayed ? 0 : asked.tokens.length);
  part("sums").replaceChildren(...sums({ results: body.results, before, after: question.quota.left, replayed }));
  part("lawful-use").replaceChildren(...lawfulUse(body, question.purposes.get(asked.purpose)));
  const acts = { watch: (index) => watchOne(asked, index), dispute: (index) => disputeOne(asked, index) };
  part("results").replaceChildren(table(body.results, asked.values, question.asked.labels, acts));
  show(true);
});

function show(is) {
  answer.hidden = !is;
  document.body.classList.toggle("is-answered", is);
  if (is) {
    answer.focus();
    answer.scrollIntoView({ block: "start" });
  } else {
    part("results").replaceChildren();
  }
}

const only = (asked, index) => ({ ...asked, values: [asked.values[index]], tokens: [asked.tokens[index]] });

function watchOne(asked, index) {
  const act = async () => {
    const one = { ...only(asked, index), lastDay: watching.querySelector("[data-watch-end]").value };
    const { addresses } = question.asked;
    const { watches, body, replayed, kept } = await watch(addresses.watches, one);
    question.charge(replayed ? 0 : 1);
    const see = element("a", { href: `${addresses.watch_list}/${watches[0]}` }, t("see-watch"));
    return [t("watched-one", { until: moment(body.expires_at) }), kept ? "" : t("map-failed"), " ", see];
  };
  ask(watching, asked.values[index].raw, act, (said) => part("results").prepend(said));
}

function disputeOne(asked, index) {
  const act = async () => {
    const one = { ...only(asked, index), reason: disputing.querySelector("[data-dispute-reason]").value };
    const { addresses } = question.asked;
    const { dispute: made, kept } = await dispute(addresses.disputes, one);
    question.charge(1);
    const see = element("a", { href: `${addresses.dispute_list}/${made}` }, t("see-dispute"));
    return [t("disputed-one"), kept ? "" : t("map-failed"), " ", see];
  };
  ask(disputing, asked.values[index].raw, act, (said) => part("results").prepend(said));
}

part("print").addEventListener("click", () => window.print());
part("again").addEventListener("click", () => {
  show(false);
  question.clear();
});
