// Light, dark, or as the machine has it. Kept in this browser alone.
const KEY = "aif-theme";
const ORDER = ["auto", "light", "dark"];

function shown(choice) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return choice === "auto" ? (dark ? "dark" : "light") : choice;
}

function apply(choice) {
  document.documentElement.dataset.bsTheme = shown(choice);
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    for (const label of button.querySelectorAll("[data-theme-name]")) {
      label.hidden = label.dataset.themeName !== choice;
    }
  }
  document.dispatchEvent(new CustomEvent("aif:theme"));
}

function chosen() {
  const kept = localStorage.getItem(KEY);
  return ORDER.includes(kept) ? kept : "auto";
}

apply(chosen());
document.addEventListener("DOMContentLoaded", () => apply(chosen()));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(chosen()));
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-theme-switch]")) {
    const next = ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length];
    localStorage.setItem(KEY, next);
    apply(next);
  }
});
// On a small screen the menu begins shut, on a wide one there is nothing to open it with; without scripts it is open.
document.addEventListener("DOMContentLoaded", () => {
  const menu = document.querySelector(".sidebar__toggle");
  const narrow = window.matchMedia("(max-width: 62rem)");
  const fit = () => {
    menu.open = !narrow.matches;
  };
  if (menu) {
    fit();
    narrow.addEventListener("change", fit);
  }
});
