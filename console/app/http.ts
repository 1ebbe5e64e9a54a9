import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Session, Stranger } from "./contract";
import { poll } from "./poll";

let signedOut = () => {};

/** Sets what happens once the server no longer knows who asks. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

/** How long an answer may take, and how long one to a file that is sent. */
const [longestMs, longestFileMs] = [60_000, 600_000];

/** How often a question is asked to which the server has no answer at the moment, and how long it then waits at most. */
const [asks, longestPauseMs] = [4, 10_000];

/** How a request is sent: until when, and whether the page asks by itself, which does not count as use of the session. */
interface Manner {
  signal?: AbortSignal;
  background?: boolean;
}

/** Asks the server. A body is sent as JSON, unless it is a file. A refusal is an error with the reason in words. */
export async function ask<T>(method: string, path: string, body?: unknown, { signal, background }: Manner = {}): Promise<T> {
  const file = body instanceof Blob;
  const headers = new Headers();
  if (body !== undefined && !file) {
    headers.set("Content-Type", "application/json");
  }
  if (background) {
    headers.set("X-Timbre-Background", "1");
  }
  const ends = AbortSignal.timeout(file ? longestFileMs : longestMs);
  const answer = await admitted(path, {
    method, headers, body: file ? body : JSON.stringify(body) ?? null, signal: signal ? AbortSignal.any([signal, ends]) : ends, cache: "no-store",
  });
  const text = await answer.text();
  if (answer.ok) {
    return (text ? JSON.parse(text) : undefined) as T;
  }
  if (answer.status === 401) {
    signedOut();
  }
  const said = refusal(text);
  throw new Error(said.message ?? said.Message ?? (text.trim() || answer.statusText));
}

/** Sends a request. A question that the server has no time for (429 or 503) is asked again, when the server says. */
async function admitted(path: string, request: RequestInit & { signal: AbortSignal }): Promise<Response> {
  for (let n = 1; ; n++) {
    const answer = await fetch(path, request);
    if (request.method !== "GET" || n === asks || (answer.status !== 429 && answer.status !== 503)) {
      return answer;
    }
    const seconds = Number(answer.headers.get("Retry-After")) || 2 ** n;
    await new Promise((done) => setTimeout(done, Math.min(1000 * seconds, longestPauseMs)));
    request.signal.throwIfAborted();
  }
}

/** What a refusal says, in the words of the console or of the APIs. A proxy may say something else. */
function refusal(text: string): { message?: string; Message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Asks whether the session still is one. That renews it, unless it is asked in the background. */
export async function checkSession(manner: Manner): Promise<void> {
  const who = await ask<Session | Stranger>("GET", "/console/session", undefined, manner);
  if (!("user" in who)) {
    signedOut();
  }
}

/** The words for an error, for people. */
export function words(error: unknown): string {
  if (error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError")) {
    return "The server does not answer.";
  }
  return error instanceof Error ? error.message : String(error);
}

/** An answer of the server, and how to ask again in the background. */
export interface Asked<T> {
  value?: T;
  error?: string;
  again: () => void;
}

/** Asks for a path now, when it changes, and every so many milliseconds. An empty path asks nothing. */
export function useAsk<T>(path: string, every = 0): Asked<T> {
  const [answer, setAnswer] = useState<{ path: string; value?: T; error?: string }>({ path });
  const [round, setRound] = useState(0);
  const byItself = useRef(false); // the page asks again
  useEffect(() => {
    const first = byItself.current;
    byItself.current = false;
    if (!path) {
      return;
    }
    const abort = new AbortController();
    const stop = poll(async (background) => {
      try {
        const value = await ask<T>("GET", path, undefined, { signal: abort.signal, background });
        setAnswer({ path, value });
      } catch (error) {
        if (abort.signal.aborted) {
          return;
        }
        setAnswer((before) => ({ ...(before.path === path ? before : { path }), error: words(error) }));
      }
    }, every, first);
    return () => {
      stop();
      abort.abort();
    };
  }, [path, every, round]);
  const again = useCallback(() => {
    byItself.current = true;
    setRound((n) => n + 1);
  }, []);
  return { ...(answer.path === path ? answer : {}), again };
}

/** A request that a button sends: whether it is under way, what it failed with, and how to send it. */
export function useSend(): { busy: boolean; error: string; send: (request: () => Promise<unknown>) => Promise<boolean> } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const sending = useRef(false);
  const send = useCallback(async (request: () => Promise<unknown>) => {
    if (sending.current) {
      return false;
    }
    sending.current = true;
    setBusy(true);
    setError("");
    try {
      await request();
      return true;
    } catch (error) {
      setError(words(error));
      return false;
    } finally {
      sending.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, error, send };
}
