// "Which raw value is it?": opens the member's map file in this browser, and fills in what it knows. Sends nothing.
import { openMapFile } from "../map/exchange.js";
import { translator } from "../text/translator.js";
import texts from "../text/matches.js";
import { explain } from "../tokens/index.js";

const t = translator(texts);

async function open(input) {
  const [file] = input.files;
  const state = document.querySelector("[data-open-map-state]");
  if (!file) return;
  try {
    const { added } = await openMapFile(file);
    state.textContent = t("map-opened", { n: added.toLocaleString() });
    document.dispatchEvent(new CustomEvent("tokens:changed"));
  } catch (error) {
    state.textContent = explain(error);
  } finally {
    input.value = "";
  }
}

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.matches("[data-open-map]")) {
    open(target);
  }
});
