import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "./contract";

/** Who is signed in. */
export const Signed = createContext<Session | null>(null);

/** Whether the access key has a right, on some resource at least. */
export function useMay(): (right: string) => boolean {
  const session = useContext(Signed);
  return (right) => session?.rights.includes(right) ?? false;
}
