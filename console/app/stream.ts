import { useEffect, useRef, useState } from "preact/hooks";
import { checkSession } from "./http";

/** What to do with the events of a stream, by their name. */
export type Handlers = Record<string, (data: never) => void>;

/** How long a refused stream waits until it is asked for again: longer after each refusal in a row. */
const [firstRetryMs, lastRetryMs] = [3000, 30_000];

/**
 * Reads server-sent events; an empty path is no stream. A connection that breaks is made again. One that the server refuses is lost, and asked
 * for again later. A page that is hidden has no connection, because a browser opens six to a server at most. The result says whether the
 * stream is connected.
 */
export function useStream(path: string, handlers: Handlers, lost?: () => void): boolean {
  const [connected, setConnected] = useState(true);
  const latest = useRef({ handlers, lost });
  latest.current = { handlers, lost };
  useEffect(() => {
    if (!path) {
      setConnected(true);
      return;
    }
    let source: EventSource | undefined;
    let [timer, wait] = [0, firstRetryMs];
    const close = () => {
      clearTimeout(timer);
      source?.close();
    };
    const open = () => {
      close();
      if (document.hidden) {
        return;
      }
      const opened = source = new EventSource(path);
      opened.onopen = () => {
        wait = firstRetryMs;
        setConnected(true);
      };
      opened.onerror = () => {
        setConnected(false);
        if (opened.readyState === EventSource.CLOSED) {
          checkSession({ background: true }).catch(() => {}); // a server that does not answer is tried again
          latest.current.lost?.();
          timer = window.setTimeout(open, wait);
          wait = Math.min(2 * wait, lastRetryMs);
        }
      };
      for (const name of Object.keys(latest.current.handlers)) {
        opened.addEventListener(name, (event: MessageEvent<string>) => latest.current.handlers[name]?.(JSON.parse(event.data) as never));
      }
    };
    document.addEventListener("visibilitychange", open);
    open();
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }, [path]);
  return connected;
}
