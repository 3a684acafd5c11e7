// The review: what stays, what went to the custodians, and the very text that will be posted.

/** Fill in the sheet of clues/clues/new.html. */
export function showReview({ identifiers, body, custodians, rules, t }) {
  document.querySelector("[data-stays]").replaceChildren(
    ...identifiers.map(({ type, raw, role }) => {
      const row = document.createElement("tr");
      row.append(...[rules.types[type], raw, rules.labels.roles[role]].map(cell));
      return row;
    }),
  );
  const names = custodians.map(({ name }) => name).join(", ");
  document.querySelector("[data-went]").textContent = t("went", { n: identifiers.length, custodians: names });
  document.querySelector("[data-body]").textContent = JSON.stringify(body, null, 1);
}

function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}
