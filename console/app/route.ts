import { useLayoutEffect, useState } from "preact/hooks";

/** The place in the console that the address names: "#/calls/ID" is ["calls", "ID"]. */
export type Route = string[];

const read = (): Route => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decode);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // was typed by hand
  }
}

/** The address of a place. */
export const to = (...parts: string[]): string => "#/" + parts.map(encodeURIComponent).join("/");

/** The current place, which the browser's history changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useLayoutEffect(() => { // not later: a move between the first drawing and the listener would be lost
    const moved = () => setRoute(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return route;
}
