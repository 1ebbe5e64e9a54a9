/**
 * Asks at once and, while the page is in front, every so many milliseconds after the last answer; 0: never again. A request after the first is
 * in the background: nobody at the keyboard has caused it; so is the first, if that is said. The result ends that.
 */
export function poll(ask: (background: boolean) => Promise<void>, every: number, first = false): () => void {
  let [timer, asking, ended] = [0, false, false];
  const go = async (background: boolean) => {
    clearTimeout(timer);
    if (asking || ended) {
      return;
    }
    asking = true;
    await ask(background);
    asking = false;
    if (every > 0 && !ended && !document.hidden) {
      timer = window.setTimeout(go, every, true);
    }
  };
  const shown = () => {
    if (every > 0 && !document.hidden) {
      void go(true);
    }
  };
  document.addEventListener("visibilitychange", shown);
  void go(first);
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
  };
}
