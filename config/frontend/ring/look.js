// How a ring is drawn: colors of the page in both themes, a shape for each kind, so that color is never alone.
import { colors } from "../charts/colors.js";

export function look() {
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const { ink, line, sheet, first } = colors();
  return [
    {
      selector: "node",
      style: {
        label: "data(name)", color: ink, "font-family": color("--font"), "font-size": 11, "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "ellipsis",
        "text-max-width": 130, "background-color": sheet, "border-color": color("--line-2"), "border-width": 2, width: 26, height: 26,
      },
    },
    { selector: 'node[kind="clue"]', style: { shape: "round-rectangle", "background-color": color("--blue-wash"), "border-color": color("--blue") } },
    { selector: 'node[kind="shared"]', style: { shape: "ellipse", "background-color": color("--jade-wash"), "border-color": first, width: 34, height: 34 } },
    { selector: 'node[kind="own"]', style: { shape: "ellipse", width: 18, height: 18 } },
    { selector: 'node[kind="others"]', style: { shape: "hexagon", "background-color": color("--gold-wash"), "border-color": color("--gold"), width: 44, height: 44 } },
    { selector: "edge", style: { width: 2, "line-color": line, "curve-style": "bezier" } },
    { selector: 'edge[target="others"]', style: { "line-style": "dashed", "line-color": color("--gold") } },
    { selector: ":selected", style: { "border-color": color("--focus"), "border-width": 5, "line-color": color("--focus") } },
    { selector: ".folded", style: { display: "none" } },
  ];
}
