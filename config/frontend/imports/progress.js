// Step four on the page: how far it is, batch by batch, and what the platform refused.
import { stateOf } from "../platform/batch.js";

const COUNTS = ["accepted", "duplicates", "refused", "matched"];

/** @param {HTMLElement} root @param {import("./job.js").Job} job */
export function showBatches(root, job, { rules, t }) {
  const sent = job.batches.filter((one) => one.batch);
  root.querySelector("[data-batches]").hidden = sent.length === 0;
  const body = root.querySelector("[data-batch-rows]");
  const labels = [...body.closest("table").querySelectorAll("thead th")].map((head) => head.textContent);
  body.replaceChildren(
    ...sent.map((one) => {
      const row = document.createElement("tr");
      const link = document.createElement("a");
      link.href = rules.batch.replace(/B-$/, one.batch);
      link.textContent = one.batch;
      const name = document.createElement("td");
      name.append(rules.mayRead ? link : one.batch);
      const { state = {} } = one;
      row.append(name, cell(t(`state-${stateOf(state)}`)), number(one.to - one.from));
      row.append(...COUNTS.map((count) => number(one.isOver || state.state === "done" ? state[count] : null)));
      [...row.children].forEach((made, index) => Object.assign(made.dataset, { label: labels[index] }));
      return row;
    }),
  );
}

/** Rows that the platform has dealt with. */
export function settled(job) {
  return job.batches.reduce((total, { state = {} }) => total + (state.accepted ?? 0) + (state.duplicates ?? 0) + (state.refused ?? 0), 0);
}

/** What became of all rows together. @returns {Record<string, string>} */
export function outcome(job) {
  const total = (count) => job.batches.reduce((sum, { state = {} }) => sum + (state[count] ?? 0), 0);
  return Object.fromEntries(COUNTS.map((count) => [count, total(count).toLocaleString()]));
}

/** @param {{ line: number, code: string }[]} refused */
export function showRefused(root, refused, { t, texts }) {
  root.querySelector("[data-refused]").hidden = refused.length === 0;
  root.querySelector("[data-refused-rows]").replaceChildren(
    ...refused.map(({ line, code }) => {
      const item = document.createElement("li");
      const said = `row-${code}` in texts ? t(`row-${code}`) : "";
      item.textContent = [`${line}: ${code}`, said].filter(Boolean).join(" · ");
      return item;
    }),
  );
}

function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}

function number(value) {
  const made = cell(value === null || value === undefined ? "–" : value.toLocaleString());
  made.className = "number";
  return made;
}
