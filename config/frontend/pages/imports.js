// The import page: file or paste, columns, dry run, tokens and submission. All of it happens here; the platform gets
// tokens, codes and references. What is under way is kept in this browser until it is done.
import "../tokens/panel.js";
import { Columns } from "../imports/columns.js";
import { download, submitCommand } from "../imports/command.js";
import { sentence, showFaults } from "../imports/faults.js";
import { follow, refusals } from "../imports/follow.js";
import { newJob, submit } from "../imports/job.js";
import { outcome, settled, showBatches, showRefused } from "../imports/progress.js";
import { Reader } from "../imports/reader.js";
import { Steps } from "../imports/steps.js";
import { KeptForm } from "../new_clue/draft.js";
import { Problem, explainProblem } from "../platform/post.js";
import { MAX_FILE, MAX_ROWS } from "../sheets/limits.js";
import { SheetError } from "../sheets/errors.js";
import { commandFile, errorFile } from "../sheets/report.js";
import { explain } from "../tokens/index.js";
import { place } from "../tokens/place.js";
import { translator } from "../text/translator.js";
import texts from "../text/imports.js";

const LONG_PASTE = 20_000; // characters

const t = translator(texts);
const rules = JSON.parse(document.getElementById("rules").textContent);
const root = document.querySelector("[data-import]");
const one = (name) => root.querySelector(`[data-${name}]`);
const words = { t, types: rules.types };
const reader = new Reader(root.dataset.sheetsWorker);
const { owner } = place();
const kept = new KeptForm(owner, "import");
const columns = new Columns(one("columns"), document.querySelector("template[data-column]"), {
  t,
  uses: rules.uses,
  onChange: changed,
});
const steps = new Steps(root, (step) => !work.job && (step === "file" || Boolean(work.table)) && (step !== "check" || Boolean(work.checked)) && step !== "submit");

/** @type {{ name: string, table: any, checked: any, job: import("../imports/job.js").Job | null }} */
let work = fresh();
let stopping = null;

function fresh() {
  return { name: "", table: null, checked: null, job: null };
}

function keep() {
  const { name, table, job } = work;
  kept.keep({ name, table, job, defaults: defaults(), step: steps.step, at: Date.now() });
  return kept.flush();
}

function say(sentenceToSay) {
  one("status").textContent = sentenceToSay;
}

function fail(error) {
  const box = one("failure");
  box.textContent = said(error);
  box.hidden = false;
  box.focus();
}

function said(error) {
  if (typeof error === "string") {
    return error;
  }
  if (error instanceof SheetError) {
    return t(`file-${error.code}` in texts ? `file-${error.code}` : `row-${error.code}` in texts ? `row-${error.code}` : "file-internal", error.detail);
  }
  return error instanceof Problem ? explainProblem(error) : explain(error);
}

async function busy(button, sentenceToSay, act) {
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  one("failure").hidden = true;
  say(sentenceToSay);
  try {
    await act();
  } catch (error) {
    fail(error);
  } finally {
    button.disabled = false;
    say("");
  }
}

async function read(name, blob) {
  if (blob.size > MAX_FILE) {
    throw new SheetError("too-large", { most: MAX_FILE / 1024 / 1024 });
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const table = await reader.ask("read", { bytes, types: Object.keys(rules.types) }, [bytes.buffer]);
  work = { ...fresh(), name, table };
  showColumns();
  steps.go("columns");
  one("kept").hidden = true;
  await keep();
}

function showColumns() {
  const { sheet, mapping, charset, formulas } = work.table;
  const rows = sheet.rows.length - (mapping.hasHeader ? 1 : 0);
  const parts = [t("read-as", { rows: rows.toLocaleString(), charset }), formulas ? t("read-formulas", { n: formulas }) : ""];
  one("read-as").textContent = parts.filter(Boolean).join(" ");
  one("header").checked = mapping.hasHeader;
  columns.show(sheet, mapping);
  one("too-many").hidden = rows <= MAX_ROWS;
  one("check").hidden = rows > MAX_ROWS;
  one("too-many-text").textContent = t("too-many", { n: rows.toLocaleString(), most: MAX_ROWS.toLocaleString() });
  showCommand();
}

function showCommand() {
  one("command").textContent = submitCommand(t("command-file"), defaults(), work.table.mapping.uses);
}

function defaults() {
  return Object.fromEntries([...root.querySelectorAll("[data-default]")].map((field) => [field.dataset.default, field.value.trim()]));
}

function changed() {
  if (work.table) {
    work.table.mapping.uses = columns.read();
    work.checked = null;
    showCommand();
    keep();
  }
}

async function check() {
  const { sheet, mapping } = work.table;
  const complaint = columns.complaint(mapping.uses);
  if (complaint) {
    throw complaint;
  }
  work.checked = await reader.ask("check", { sheet, mapping, defaults: defaults(), rules });
  const { drafts, faults } = work.checked;
  one("good").textContent = t("good-n", { n: drafts.length.toLocaleString() });
  one("wrong").textContent = t("wrong-n", { n: faults.length.toLocaleString() });
  one("wrong").hidden = faults.length === 0;
  one("faults").hidden = faults.length === 0;
  one("all-wrong").hidden = drafts.length > 0;
  one("all-wrong").textContent = t("all-wrong");
  one("wrong-shown").textContent = showFaults(one("fault-rows"), faults, sheet, mapping, words);
  one("submit").hidden = drafts.length === 0;
  one("submit").textContent = t("submit-n", { n: drafts.length.toLocaleString() });
  steps.go("check");
  await keep();
}

function phase(name, done, total) {
  const key = `phase-${name}`;
  one("phase").textContent = t(key, { done: (done ?? 0).toLocaleString(), total: (total ?? 0).toLocaleString(), ...outcome(work.job) });
  Object.assign(one("progress"), { value: done ?? 1, max: Math.max(1, total ?? 1) });
  one("progress").hidden = name === "done" || name === "sent";
  showBatches(root, work.job, { rules, t });
}

async function run() {
  const { job } = work;
  stopping = new AbortController();
  const { signal } = stopping;
  one("failure").hidden = true;
  one("resume").hidden = true;
  one("stop").hidden = false;
  try {
    await submit(job, { owner, rules, signal, say: phase, keep });
    one("map-note").hidden = false;
    if (rules.mayRead) {
      const total = job.drafts.length;
      const show = () => (settled(job) < total ? phase("waiting", settled(job), total) : phase("releasing", total, total));
      show();
      await follow(job, { rules, signal, show });
      showRefused(root, await refusals(job, { rules, signal }), { t, texts });
      one("matches").hidden = false;
    }
    phase(rules.mayRead ? "done" : "sent");
    one("again").hidden = false;
    await kept.drop();
  } catch (error) {
    one("resume").hidden = false;
    fail(error?.name === "AbortError" || error?.code === "aborted" ? t("stopped") : error);
    await keep();
  } finally {
    one("stop").hidden = true;
    stopping = null;
  }
}

async function restore() {
  const draft = await kept.open().catch(() => null);
  if (!kept.mine) {
    one("kept-text").textContent = t("elsewhere");
    one("drop").hidden = true;
    one("kept").hidden = false;
  }
  if (!draft?.table) {
    return;
  }
  work = { ...fresh(), name: draft.name, table: draft.table, job: draft.job };
  for (const field of root.querySelectorAll("[data-default]")) {
    field.value = draft.defaults[field.dataset.default] ?? field.value;
  }
  showColumns();
  one("kept-text").textContent = t(draft.job ? "went-on" : "restored", { name: draft.name, time: new Date(draft.at).toLocaleString() });
  one("kept").hidden = false;
  if (draft.job) {
    const { job } = draft;
    one("resume").hidden = false;
    phase("sending", job.batches.filter((each) => each.batch).reduce((sum, each) => sum + each.to - each.from, 0), job.drafts.length);
    steps.go("submit", { isQuiet: true });
  } else {
    steps.go("columns", { isQuiet: true });
  }
}

async function startOver() {
  await kept.drop();
  work = fresh();
  one("kept").hidden = true;
  one("paste").value = "";
  for (const name of ["resume", "again", "matches", "map-note", "refused", "failure", "batches"]) {
    one(name).hidden = true;
  }
  steps.go("file");
}

function choose(file) {
  if (file) {
    busy(one("read"), t("reading"), () => read(file.name, file));
  }
}

one("file").addEventListener("change", ({ target }) => {
  choose(target.files[0]);
  target.value = "";
});
for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  one("dropzone").addEventListener(name, (event) => {
    event.preventDefault();
    one("dropzone").classList.toggle("is-over", isOver);
    if (name === "drop") {
      choose(event.dataTransfer.files[0]);
    }
  });
}
function readPaste(text) {
  busy(one("read"), t("reading"), () => read(t("paste-name"), new Blob([text])));
}

one("read").addEventListener("click", () => readPaste(one("paste").value));
one("paste").addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (text.length > LONG_PASTE) {
    event.preventDefault(); // ten thousand lines in a text box stop the page for half a minute
    readPaste(text);
  }
});
one("header").addEventListener("change", () => {
  work.table.mapping = { hasHeader: one("header").checked, uses: columns.read() };
  showColumns();
  changed();
});
one("defaults").addEventListener("input", changed);
one("check").addEventListener("click", () => busy(one("check"), t("checking"), check));
one("submit").addEventListener("click", () => {
  if (work.job || !work.checked) {
    return; // a second click
  }
  work.job = newJob(work.checked.drafts);
  steps.go("submit");
  run();
});
one("error-file").addEventListener("click", () => {
  const { sheet, mapping } = work.table;
  const faults = work.checked.faults.map((fault) => ({ ...fault, said: sentence(fault, words) }));
  download(t("error-file"), errorFile(sheet, mapping, faults, t("reason-title")));
});
one("command-file").addEventListener("click", () => download(t("command-file"), commandFile(work.table.sheet, work.table.mapping)));
one("copy-command").addEventListener("click", () => navigator.clipboard.writeText(one("command").textContent));
one("stop").addEventListener("click", () => stopping?.abort());
one("resume").addEventListener("click", run);
one("again").addEventListener("click", startOver);
one("drop").addEventListener("click", startOver);
for (const button of root.querySelectorAll("[data-to]")) {
  button.addEventListener("click", () => steps.go(button.dataset.to));
}
addEventListener("beforeunload", (event) => stopping && event.preventDefault());
restore().catch(fail);
