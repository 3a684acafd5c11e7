// The colors of charts are those of the page, in both themes.
export function colors() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  return { ink: color("--ink"), faint: color("--ink-2"), line: color("--line"), first: color("--jade"), second: color("--gold"), sheet: color("--sheet") };
}

// Calls `draw` again whenever the theme is switched.
export function onTheme(draw) {
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
}
