import { useEffect, useRef, useState } from "preact/hooks";
import { checkSession } from "./http";

/** What to do with the events of a stream, by their name. */
export type Handlers = Record<string, (data: never) => void>;

const retryMs = 3000;

/**
 * Reads server-sent events while it is shown; an empty path is no stream. A connection that breaks is made again. One that the server refuses is
 * lost, and asked for again later. The result says whether it is connected.
 */
export function useStream(path: string, handlers: Handlers, lost?: () => void): boolean {
  const [connected, setConnected] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef({ handlers, lost });
  latest.current = { handlers, lost };
  useEffect(() => {
    if (!path) {
      setConnected(true);
      return;
    }
    let timer = 0;
    const source = new EventSource(path);
    source.onopen = () => setConnected(true);
    source.onerror = () => {
      setConnected(false);
      if (source.readyState === EventSource.CLOSED) {
        checkSession({ background: true }).catch(() => {}); // a server that does not answer is tried again
        latest.current.lost?.();
        timer = window.setTimeout(() => setRound((n) => n + 1), retryMs);
      }
    };
    for (const name of Object.keys(latest.current.handlers)) {
      source.addEventListener(name, (event: MessageEvent<string>) => latest.current.handlers[name]?.(JSON.parse(event.data) as never));
    }
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [path, round]);
  return connected;
}
