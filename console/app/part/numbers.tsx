import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { useMay } from "../session";

/** Whether telephone numbers are shown whole, and how to change that. */
export const Numbers = createContext<[boolean, (shown: boolean) => void]>([false, () => {}]);

/** A path, with the query that asks for whole numbers if they are shown. */
export function useNumbers(): (path: string) => string {
  const [shown] = useContext(Numbers);
  return (path) => (shown ? `${path}${path.includes("?") ? "&" : "?"}numbers=show` : path);
}

/** Shows whole numbers, to those who may see them. */
export function NumbersSwitch() {
  const [shown, show] = useContext(Numbers);
  return useMay()("timbre:GetNumbers") ? (
    <button type="button" aria-pressed={shown} onClick={() => show(!shown)}>Whole numbers</button>
  ) : null;
}
