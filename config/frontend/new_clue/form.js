// The fields of the form as plain data and back; identifiers are new_clue/identifiers.js.

/** @param {HTMLFormElement} form @returns {import("./rules.js").Written} */
export function fromForm(form) {
  const fields = { grade: "" };
  for (const input of form.querySelectorAll("[data-field]")) {
    if (input.type !== "radio" || input.checked) {
      fields[input.dataset.field] = input.value;
    }
  }
  return {
    fields,
    indicators: [...form.querySelectorAll('[data-list="indicators"]:checked')].map((box) => box.value),
    crime_indicator: form.querySelector('[data-flag="crime_indicator"]').checked,
  };
}

/** @param {HTMLFormElement} form @param {import("./rules.js").Written} written */
export function toForm(form, { fields, indicators, crime_indicator: isCrime }) {
  for (const input of form.querySelectorAll("[data-field]")) {
    const value = fields[input.dataset.field] ?? "";
    if (input.type === "radio") {
      input.checked = input.value === value;
    } else {
      input.value = value;
    }
  }
  for (const box of form.querySelectorAll('[data-list="indicators"]')) {
    box.checked = indicators.includes(box.value);
  }
  form.querySelector('[data-flag="crime_indicator"]').checked = isCrime;
}
