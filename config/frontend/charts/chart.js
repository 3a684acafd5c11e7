// Charts out of the parts of ECharts that we need: bars and lines, drawn as SVG. The tooltip is drawn, not written as HTML:
// the page's policy allows no inline style.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { colors, onTheme } from "./colors.js";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/**
 * Draw into an element, now and whenever its size or the theme changes.
 * @param {HTMLElement} element
 * @param {(palette: ReturnType<typeof colors>) => object} optionOf
 */
export function draw(element, optionOf) {
  element.hidden = false;
  const chart = init(element, null, { renderer: "svg" });
  const paint = () => chart.setOption({ ...common(colors()), ...optionOf(colors()) }, true);
  paint();
  onTheme(paint);
  new ResizeObserver(() => chart.resize()).observe(element);
}

/** @param {ReturnType<typeof colors>} palette */
export function axes(palette, names) {
  const quiet = { axisLine: { lineStyle: { color: palette.line } }, axisTick: { show: false }, axisLabel: { color: palette.faint } };
  return {
    xAxis: { type: "category", data: names, ...quiet },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.faint } },
  };
}

function common(palette) {
  return {
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 200,
    aria: { enabled: true },
    color: [palette.first, palette.second],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: palette.ink },
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: palette.sheet,
      borderColor: palette.line,
      textStyle: { color: palette.ink },
    },
  };
}
