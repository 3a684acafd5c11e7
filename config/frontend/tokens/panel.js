// Life in clues/_tokens.html: the state of this browser's key and map, and loading, removing, opening, saving them.
// Pages import this file and may listen on document: "tokens:changed" after any of it.
import { translator } from "../text/translator.js";
import texts from "../text/tokens.js";
import { forgetKey, forgetPin, loadKey, storedKey } from "../key/index.js";
import { MAX_FILE } from "../key/file.js";
import { openMapFile, saveMapFile } from "../map/exchange.js";
import { MemberMap } from "../map/index.js";
import { TokenError } from "./errors.js";
import { check, explain, refresh } from "./index.js";
import { place } from "./place.js";

const t = translator(texts);
const root = document.querySelector("[data-machine]");

function part(name) {
  return root.querySelector(`[data-${name}]`);
}

async function show() {
  const { owner } = place();
  const [key, map] = [await storedKey(owner), await MemberMap.open(owner)];
  const count = await map.count();
  const state = part("key-state");
  state.textContent = key ? t("key-loaded", { id: key.id }) : t("key-none");
  state.classList.toggle("badge--good", Boolean(key));
  state.classList.toggle("badge--warn", !key);
  part("key-forget").hidden = !key;
  part("map-state").textContent = count ? t("map-values", { n: count.toLocaleString() }) : t("map-empty");
  part("map-save").hidden = count === 0;
}

async function changed(sentence) {
  await refresh();
  await show();
  say(sentence);
  document.dispatchEvent(new CustomEvent("tokens:changed"));
}

function say(sentence) {
  part("machine-notice").textContent = sentence;
  part("machine-notice").hidden = false;
  part("machine-failure").hidden = true;
}

function complain(error) {
  part("machine-failure-text").textContent = explain(error);
  part("pin-forget").hidden = error?.code !== "pin-mismatch";
  part("machine-failure").hidden = false;
  part("machine-notice").hidden = true;
}

async function showQuota() {
  const list = part("quota");
  const found = await check();
  list.replaceChildren(
    ...found.map(({ custodian, used, limit }) => {
      const item = document.createElement("li");
      item.textContent = t("quota-left", { custodian, left: (limit - used).toLocaleString(), limit: limit.toLocaleString() });
      return item;
    }),
  );
  list.hidden = false;
}

const on = {
  async "key-file"(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      if (file.size > MAX_FILE) {
        throw new TokenError("key-malformed");
      }
      const { id } = await loadKey(place().owner, await file.text());
      navigator.storage?.persist?.(); // so that the browser does not drop map and key when space runs low
      await changed(t("key-loaded", { id }));
    } finally {
      input.value = "";
    }
    await showQuota();
  },
  async "key-forget"() {
    await forgetKey(place().owner);
    part("quota").hidden = true;
    await changed(t("key-forgotten"));
  },
  async "map-file"(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      const { added, adopted } = await openMapFile(file);
      await changed(t(adopted ? "map-opened" : "map-joined", { n: added.toLocaleString() }));
    } finally {
      input.value = "";
    }
  },
  async "map-save"() {
    await saveMapFile();
    say(t("map-saved"));
  },
  async "pin-forget"() {
    const key = await storedKey(place().owner);
    if (key) {
      await forgetPin(place().owner, key.id);
    }
    await changed(t("pin-forgotten"));
  },
};

if (root) {
  for (const [name, act] of Object.entries(on)) {
    const element = part(name);
    element.addEventListener(element.type === "file" ? "change" : "click", () => act(element).catch(complain));
  }
  document.addEventListener("tokens:notice", ({ detail }) => say(detail));
  document.addEventListener("tokens:failed", ({ detail }) => complain(detail));
  document.addEventListener("tokens:remembered", () => show().catch(complain));
  show().catch(complain);
}
