// The page that makes a key for browsers: verifiers are posted, the key becomes a file and is forgotten with the page.
import { PLATFORM, custodianServer, fileOf, makeKey, verifierFor } from "../credentials/making.js";
import texts from "../text/credentials.js";
import { translator } from "../text/translator.js";

const DIRECTORY = "/portal/api/oprf/directory";
const maker = document.querySelector("[data-key-maker]");
const t = translator(texts);

/** @param {string} name */
function part(name) {
  return maker.querySelector(`[data-part="${name}"]`);
}

function say(text, wrong = false) {
  part("status").textContent = text;
  part("status").className = text ? `notice${wrong ? " notice--error" : ""}` : "";
}

/** The custodians beside the platform's own, from the directory; null if it cannot be read. */
async function independentCustodians() {
  try {
    const answer = await fetch(DIRECTORY, { headers: { Accept: "application/json" }, cache: "no-store" });
    const { entries } = JSON.parse((await answer.json()).signed);
    const names = new Set(entries.flatMap((entry) => entry.custodians.map((one) => one.name)));
    return [...names].filter((name) => name !== PLATFORM).sort();
  } catch {
    return null;
  }
}

async function register(form, key) {
  const body = new URLSearchParams(new FormData(form));
  body.set("key_id", key.id);
  body.set("verifier", await verifierFor(key, PLATFORM));
  body.set("custodian_verifier", await verifierFor(key, custodianServer(PLATFORM)));
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(maker.dataset.action, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    redirect: "manual",
  });
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 201) {
    return found;
  }
  const again = answer.type === "opaqueredirect" || found.code === "second-factor-stale";
  throw new Error(again ? t("confirm-again") : t("failed", { detail: found.detail || "" }));
}

function offer(key) {
  const { name, text } = fileOf(key, maker.dataset.institution);
  part("id").textContent = key.id;
  part("name").textContent = name;
  const unsaved = (event) => event.preventDefault();
  window.addEventListener("beforeunload", unsaved);
  part("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    window.removeEventListener("beforeunload", unsaved);
    say(t("saved", { name }));
  });
}

async function tell(key, names, expiresAt) {
  const list = part("custodians").querySelector("ul");
  for (const name of names) {
    const row = part("command").content.cloneNode(true);
    const command = [
      `aif-share custodian members --home HOME add ${maker.dataset.institution}`,
      `  --verifier ${await verifierFor(key, custodianServer(name))}`,
      `  --evaluate-quota ${maker.dataset.quota} --expires-at ${expiresAt}`,
    ].join(" \\\n");
    row.querySelector("h4").textContent = name;
    row.querySelector("code").textContent = command;
    row.querySelector("button").dataset.text = command;
    list.append(row);
  }
  part("custodians").hidden = names.length === 0;
  part("none").hidden = names.length > 0;
}

part("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = part("ask").querySelector("button");
  button.disabled = true;
  say(t("working"));
  const key = makeKey();
  try {
    const found = await register(part("ask"), key);
    const names = await independentCustodians();
    offer(key);
    await tell(key, names ?? [], found.expires_at);
    part("none").hidden ||= names === null;
    part("onward").href = found.address;
    part("ask").hidden = true;
    part("made").hidden = false;
    say(names === null ? t("no-directory") : t("made", { id: key.id }));
    part("save").focus();
  } catch (error) {
    say(error instanceof TypeError ? t("network") : error.message, true);
    button.disabled = false;
  } finally {
    key.secret.fill(0);
  }
});
// Until here a press would have sent the form as a plain one.
part("ask").querySelector("button").disabled = false;
