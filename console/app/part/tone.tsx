import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { clock } from "../format";
import { onTheme } from "../theme";

/** The tone of a stretch of speech that ends at a number of seconds into the call. The three scores are 1 together. */
export interface TonePoint {
  at: number;
  positive: number;
  neutral: number;
  negative: number;
}

const scores = ["positive", "neutral", "negative"] as const;
const tall = 160;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400]; // seconds between two marks

/** The tone of a leg over the call, as three curves, and its last scores in words. */
export function Tone({ label, points }: { label: string; points: TonePoint[] }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  useEffect(() => {
    const element = place.current;
    if (!element) {
      return;
    }
    const chart = new uPlot(options(element), columns(points), element);
    plot.current = chart;
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: tall }));
    resized.observe(element);
    const stop = onTheme(() => chart.redraw(false, true));
    return () => {
      stop();
      resized.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(columns(points)), [points]);
  const last = points.at(-1);
  return (
    <figure>
      <figcaption>
        {label}: {last ? scores.map((name) => <Fragment key={name}><span class={`key ${name}`}>{name} {last[name].toFixed(2)}</span> </Fragment>) : "no score yet"}
      </figcaption>
      <div class="tone" ref={place} role="img" aria-label={`Tone of the ${label} over the call`} />
    </figure>
  );
}

const columns = (points: TonePoint[]): uPlot.AlignedData =>
  [points.map((p) => p.at), ...scores.map((name) => points.map((p) => p[name]))] as uPlot.AlignedData;

/** A colour of the style sheet, as it is in the theme of the moment. */
const colour = (element: HTMLElement, name: string) => () => {
  const probe = document.createElement("span");
  probe.className = name;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

function options(element: HTMLElement): uPlot.Options {
  const [ink, grid] = [colour(element, "axis"), colour(element, "grid")];
  const axis = { stroke: ink, font: "12px system-ui, sans-serif", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  return {
    width: element.clientWidth,
    height: tall,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: [0, 1] } },
    axes: [{ ...axis, size: 32, space: 64, incrs: steps, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 40, splits: () => [0, 0.5, 1] }],
    series: [{}, ...scores.map((name) => ({ label: name, stroke: colour(element, `key ${name}`), width: 2, points: { size: 5 } }))],
  };
}
