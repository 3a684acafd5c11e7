// Our clues and their reviews: raw values from this browser's map, and a box that selects all rows of a page.
import "../map/raw_values.js";

for (const all of document.querySelectorAll("[data-select-all]")) {
  const boxes = [...all.closest("form").querySelectorAll("input[name=clue]")];
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      all.checked = boxes.every((each) => each.checked);
    });
  }
}
