// The page that reports one clue: fill in, make tokens, review exactly what leaves, submit.
import "../tokens/panel.js";
import { fromForm, toForm } from "../new_clue/form.js";
import { KeptForm } from "../new_clue/draft.js";
import { IdentifierRows } from "../new_clue/identifiers.js";
import { followBatch } from "../new_clue/outcome.js";
import { checkFields, needsSigns } from "../new_clue/rules.js";
import { showReview } from "../new_clue/review.js";
import { MemberMap } from "../map/index.js";
import { Problem, explainProblem, post } from "../platform/post.js";
import { explain, status, tokenizeMany } from "../tokens/index.js";
import { place } from "../tokens/place.js";
import { translator } from "../text/translator.js";
import texts from "../text/new_clue.js";

const t = translator(texts);
const rules = JSON.parse(document.getElementById("rules").textContent);
const form = document.querySelector("[data-clue]");
const one = (name) => document.querySelector(`[data-${name}]`);
const { owner } = place();
const kept = new KeptForm(owner);
const rows = new IdentifierRows(one("identifiers"), document.querySelector("template[data-identifier]"), { rules, t, onChange: changed });

let row = Date.now(); // stands for the row of a file in client_ref: the same draft gives the same reference
let ready = null; // the body under review, with what the map has to remember
let stopping = null;

function changed() {
  const written = fromForm(form);
  const isClaim = rules.claims.includes(written.fields.category);
  one("claim").hidden = !isClaim;
  one("claim-optional").hidden = needsSigns(written, rules);
  one("add").disabled = rows.rows.length >= rules.most;
  kept.keep({ row, written, identifiers: rows.written(), at: Date.now() });
}

function showErrors(errors) {
  for (const place of form.querySelectorAll("[data-error]")) {
    const key = errors[place.dataset.error];
    place.textContent = key ? t(key) : "";
    place.hidden = !key;
    const field = form.querySelector(`[data-field="${place.dataset.error}"]`);
    field?.toggleAttribute("aria-invalid", Boolean(key));
    field?.closest(".field")?.classList.toggle("field--wrong", Boolean(key));
  }
}

function fail(name, sentence) {
  const box = one(name);
  box.textContent = sentence;
  box.hidden = false;
  box.focus();
}

function busy(isBusy) {
  one("review").disabled = isBusy;
  one("stop").hidden = !isBusy;
  one("progress").hidden = !isBusy;
  one("status").textContent = isBusy ? t("tokenizing") : "";
}

async function review() {
  one("failure").hidden = true;
  const { clue, errors } = checkFields(fromForm(form), rules);
  const { identifiers, wrong } = rows.check();
  if (identifiers.length === 0 && !wrong) {
    errors.identifiers = "identifiers-missing";
  }
  showErrors(errors);
  if (wrong || Object.keys(errors).length > 0) {
    one("status").textContent = t("wrong-fields");
    (form.querySelector("[aria-invalid]") ?? form.querySelector(`[data-error="${Object.keys(errors)[0]}"]`)?.closest("fieldset")?.querySelector("input") ?? wrong)?.focus();
    return;
  }
  stopping = new AbortController();
  busy(true);
  try {
    await kept.flush(); // before anything can fail: a page that is left then has it all the same
    const bar = one("progress");
    const tokens = await tokenizeMany(identifiers, {
      signal: stopping.signal,
      onProgress: ({ done, total }) => Object.assign(bar, { value: done, max: total }),
    });
    const map = await MemberMap.open(owner);
    const clientRef = await map.clientRef(row, identifiers.map(({ type, canonical }) => [type, canonical]));
    const body = {
      clues: [{ client_ref: clientRef, ...clue, identifiers: tokens.map((token, index) => ({ ...token, role: identifiers[index].role })) }],
    };
    const remember = identifiers.map(({ type, raw }, position) => ({ client_ref: clientRef, position, type, raw }));
    ready = { body, remember, map };
    showReview({ identifiers, body, custodians: (await status()).custodians, rules, t });
    turn("sheet");
  } catch (error) {
    fail("failure", explain(error));
  } finally {
    busy(false);
  }
}

async function send() {
  const button = one("send");
  if (button.disabled || !ready) {
    return;
  }
  button.disabled = true;
  one("refused").hidden = true;
  try {
    await ready.map.remember(ready.remember); // first, so that no answer is ever about a value nobody can name
    const { body } = await post(rules.batches, ready.body);
    document.dispatchEvent(new CustomEvent("tokens:remembered"));
    await kept.drop();
    ready = null;
    reset();
    turn("done");
    one("batch-link").href = rules.batch.replace(/B-$/, body.batch);
    one("outcome").textContent = t("received", { batch: body.batch });
    if (rules.mayRead) {
      await followBatch(rules, body.batch, (key, values) => {
        one("outcome").textContent = t(key, values);
      });
    }
  } catch (error) {
    fail(one("sheet").hidden ? "failure" : "refused", error instanceof Problem ? explainProblem(error) : explain(error));
  } finally {
    button.disabled = false;
  }
}

function turn(to) {
  document.querySelector(".report").hidden = to !== "report";
  for (const name of ["sheet", "done"]) {
    one(name).hidden = name !== to;
  }
  one("draft").hidden = true;
  const target = to === "report" ? form.querySelector("#category") : one(to);
  target.scrollIntoView?.({ block: "start" });
  target.focus({ preventScroll: true });
}

function reset() {
  row = Date.now();
  form.reset();
  rows.clear();
  showErrors({});
  one("claim").hidden = true;
}

async function begin() {
  const draft = await kept.open().catch(() => null);
  if (draft) {
    row = draft.row;
    toForm(form, draft.written);
    rows.list.replaceChildren();
    draft.identifiers.forEach((written) => rows.add(written));
    one("draft-text").textContent = t("draft-restored", { time: new Date(draft.at).toLocaleString() });
    one("draft").hidden = false;
  } else if (!kept.mine) {
    one("draft-text").textContent = t("draft-elsewhere");
    one("draft-drop").hidden = true;
    one("draft").hidden = false;
  }
  if (rows.rows.length === 0) {
    rows.add();
  }
  if (draft) {
    changed();
  }
  one("review").disabled = false;
}

form.addEventListener("input", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  review();
});
one("add").addEventListener("click", () => {
  rows.add()?.querySelector('[data-part="raw"]').focus();
  changed();
});
one("stop").addEventListener("click", () => stopping?.abort());
one("send").addEventListener("click", send);
one("back").addEventListener("click", () => turn("report"));
one("again").addEventListener("click", () => turn("report"));
one("draft-drop").addEventListener("click", async () => {
  await kept.drop();
  reset();
  one("draft").hidden = true;
  form.querySelector("#category").focus();
});
begin();
