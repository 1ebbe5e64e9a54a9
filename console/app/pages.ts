import { useCallback, useEffect, useState } from "preact/hooks";
import { ask, words } from "./http";

/** A list of an API that comes in pages: what has come so far, and how to get more. */
export interface Pages<T> {
  items: T[] | undefined; // none has come yet
  more?: () => void; // there is more
  error: string;
  again: () => void;
}

/** Lists what is under a name in the answers for a path of the AWS APIs. */
export function usePages<T>(path: string, name: string): Pages<T> {
  const [items, setItems] = useState<T[]>();
  const [next, setNext] = useState<string>();
  const [error, setError] = useState("");
  const load = useCallback(async (after?: string) => {
    try {
      const from = after ? `${path.includes("?") ? "&" : "?"}next-token=${encodeURIComponent(after)}` : "";
      const page = await ask<Record<string, unknown>>("GET", path + from);
      const came = (page[name] ?? []) as T[];
      setItems((before) => (after ? [...(before ?? []), ...came] : came));
      setNext(page.NextToken as string | undefined);
      setError("");
    } catch (error) {
      setError(words(error));
    }
  }, [path, name]);
  const again = useCallback(() => void load(), [load]);
  useEffect(again, [again]);
  return { items, error, again, ...(next ? { more: () => void load(next) } : {}) };
}
