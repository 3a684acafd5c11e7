// The match inbox: raw values from this browser's map, and shortcuts that act on the row in focus.
import "../map/raw_values.js";
import "../matches/map_part.js";

// With nothing selected, `a` and `r` mean the row that one has walked to: its box is ticked before the form is sent.
document.addEventListener(
  "click",
  ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-inbox] button[name=action]") : null;
    const form = button?.closest("form");
    if (!form || form.querySelector("input[data-row]:checked")) {
      return;
    }
    const box = document.activeElement?.closest?.("[data-list-row]")?.querySelector("input[data-row]");
    if (box && form.contains(box)) {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  },
  true,
);

// After the list was made anew, the reader is where they were: at the row that took the place of the one that left.
let place = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target instanceof Element && target.matches("[data-inbox]")) {
    const rows = [...target.querySelectorAll("[data-list-row]")];
    place = rows.findIndex((row) => row.querySelector("input[data-row]:checked"));
  }
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (place === null || !(target instanceof Element) || target.id !== "inbox") {
    return;
  }
  const rows = [...target.querySelectorAll("[data-list-row]")];
  rows[Math.min(Math.max(place, 0), rows.length - 1)]?.querySelector("a[href]")?.focus();
  place = null;
});
