import { useState } from "preact/hooks";

/** The choice of colours. The system's follows the preference of the device. */
export type Theme = "system" | "light" | "dark";

const key = "theme";
const changed = new Set<() => void>();
const stored = (): Theme => {
  const theme = localStorage.getItem(key);
  return theme === "light" || theme === "dark" ? theme : "system";
};

const show = (theme: Theme) => {
  document.documentElement.dataset.theme = theme;
  changed.forEach((redraw) => redraw());
};

/** Applies the stored choice, and follows the system's. */
export function applyTheme(): void {
  show(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(stored()));
}

/** Calls redraw when the colours have changed, which a canvas does not notice. The result stops that. */
export function onTheme(redraw: () => void): () => void {
  changed.add(redraw);
  return () => changed.delete(redraw);
}

/** The choice, and how to change it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  return [theme, (chosen) => {
    localStorage.setItem(key, chosen);
    setTheme(chosen);
    show(chosen);
  }];
}
