import type { ComponentChildren } from "preact";

/** What went wrong. A screen reader says it at once. */
export function Problem({ text }: { text: string | undefined }) {
  return text ? <p class="problem" role="alert">{text}</p> : null;
}

/** What stands where nothing is. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** A short word with a colour of its own, which never says more than the word. */
export function Badge({ kind, children }: { kind: "good" | "bad" | "doubtful" | "plain"; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}
