import { useEffect, useRef } from "preact/hooks";
import { kept, type Levels } from "../levels";
import { onTheme } from "../theme";
import { height } from "./meter";

/** The last minute of a leg: how loud it was, and in another colour where it spoke. */
export function Waveform({ label, levels }: { label: string; levels: Levels }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) {
      return;
    }
    let frame = 0;
    const redraw = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        draw(element, levels);
      });
    };
    const resized = new ResizeObserver(redraw);
    resized.observe(element);
    const stops = [levels.watch(redraw), onTheme(redraw)];
    return () => {
      stops.forEach((stop) => stop());
      resized.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [levels]);
  return <canvas class="waveform" ref={canvas} role="img" aria-label={`Level and speech of the ${label} in the last minute`} />;
}

function draw(canvas: HTMLCanvasElement, levels: Levels): void {
  const pen = canvas.getContext("2d");
  const [width, tall] = [Math.round(canvas.clientWidth * devicePixelRatio), Math.round(canvas.clientHeight * devicePixelRatio)];
  if (!pen || width === 0) {
    return;
  }
  if (canvas.width !== width || canvas.height !== tall) {
    canvas.width = width;
    canvas.height = tall;
  }
  const style = getComputedStyle(canvas);
  pen.clearRect(0, 0, width, tall);
  for (let i = 0; i < kept; i++) {
    const { level, speaks } = levels.before(i);
    const half = Math.max(0.5, (height(level) * tall) / 2);
    pen.fillStyle = speaks ? style.color : style.borderTopColor;
    const left = Math.floor(width - ((i + 1) * width) / kept);
    pen.fillRect(left, tall / 2 - half, Math.max(1, Math.floor(width / kept)), 2 * half);
  }
}
