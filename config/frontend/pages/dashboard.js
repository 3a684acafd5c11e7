// The overview's charts. Their figures stand in tables on the page as well.
import { axes, draw } from "../charts/chart.js";
import "../notices/reading.js";
import texts from "../text/dashboard.js";
import { translator } from "../text/translator.js";

const t = translator(texts);
const charts = JSON.parse(document.getElementById("charts")?.textContent ?? "{}");

const OPTIONS = {
  days: (rows) => (palette) => ({
    ...axes(palette, rows.map(([day]) => day)),
    series: [{ type: "bar", name: t("matches"), data: rows.map(([, count]) => count), barMaxWidth: 36, itemStyle: { borderRadius: [3, 3, 0, 0] } }],
  }),
  weeks: (rows) => (palette) => ({
    ...axes(palette, rows.map(([week]) => week)),
    legend: { top: 0, right: 0, textStyle: { color: palette.ink } },
    grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
    series: [
      { type: "line", name: t("clues"), data: rows.map(([, clues]) => clues), symbolSize: 6 },
      { type: "line", name: t("told"), data: rows.map(([, , matches]) => matches), symbolSize: 6, lineStyle: { type: "dashed" } },
    ],
  }),
};

for (const element of document.querySelectorAll("[data-chart]")) {
  const rows = charts[element.dataset.chart];
  if (rows) {
    draw(element, OPTIONS[element.dataset.chart](rows));
  }
}
