// Own numbers and domains: the list shows values from this browser's map; the form proposes more, as tokens.
import "../map/raw_values.js";
import { propose } from "../asking/acts.js";
import { Question } from "../asking/question.js";
import { t } from "../asking/words.js";
import "../tokens/panel.js";

const SAID = "aif-noise-said"; // what the page says after it has loaded anew: numbers, never a value

const root = document.querySelector("[data-asking=noise]");
if (root) {
  const question = new Question(root, async (asked, signal) => {
    const { entries, kept } = await propose(question.asked.addresses.noise, asked, signal);
    const there = entries.filter(({ state }) => state !== "proposed").length;
    const said = [t("noise-made", { n: entries.length }), there ? t("noise-there", { n: there }) : "", kept ? "" : t("map-failed")];
    sessionStorage.setItem(SAID, said.filter(Boolean).join(" "));
    await question.unsent.drop();
    location.assign(question.asked.addresses.noise_list);
  });
  const list = root.querySelector("[data-noise-list]");
  const offer = () => {
    const { types } = question.asked.lists.find(({ code }) => code === list.value);
    for (const option of root.querySelectorAll("[data-type] option")) {
      option.hidden = option.disabled = Boolean(option.value) && !types.includes(option.value);
    }
    const type = root.querySelector("[data-type]");
    if (type.selectedOptions[0]?.disabled) {
      type.value = "";
      question.changed();
    }
  };
  const follow = () => {
    const fitting = question.asked.lists.find(({ types }) => types.includes(question.guessed));
    if (fitting && fitting.code !== list.value && !root.querySelector("[data-type]").value) {
      list.value = fitting.code; // a domain belongs on the list of domains
      offer();
    }
  };
  list.addEventListener("change", offer);
  root.querySelector("[data-question]").addEventListener("input", follow);
  offer();
}

const said = sessionStorage.getItem(SAID);
if (said) {
  sessionStorage.removeItem(SAID);
  const notice = document.querySelector("[data-noise-said]");
  notice.textContent = said;
  notice.hidden = false;
}
