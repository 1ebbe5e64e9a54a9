import { useEffect, useRef } from "preact/hooks";
import { loudest, silence } from "../levels";
import type { Watched } from "../watched";

const quiet = -60; // dBFS; below it nothing is seen

/** Where a level stands between quiet, 0, and the loudest sound, 1. */
export const height = (level: number): number => Math.min(1, Math.max(0, (level - quiet) / (loudest - quiet)));

/** The level of a leg in dBFS, which it reads after each change of its source. */
export function Meter({ label, source, read }: { label: string; source: Watched; read: () => number }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const show = () => {
      const level = read();
      const inner = bar.current?.firstElementChild as HTMLElement;
      inner.style.transform = `scaleX(${height(level)})`;
      bar.current?.setAttribute("aria-valuenow", String(level));
    };
    show();
    return source.watch(show);
  }, [source, read]);
  return (
    <span class="meter" ref={bar} role="meter" aria-label={label} aria-valuemin={silence} aria-valuemax={loudest} aria-valuenow={silence}>
      <span />
    </span>
  );
}
