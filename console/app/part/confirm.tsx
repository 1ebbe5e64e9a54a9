import { useLayoutEffect, useRef } from "preact/hooks";
import { useSend } from "../http";
import { Problem } from "./notice";

/** Asks before something that cannot be undone. The focus stays in the question until it is answered. */
export function Confirm({ question, detail, yes, run, close }: {
  question: string; detail: string; yes: string; run: () => Promise<unknown>; close: (done: boolean) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { busy, error, send } = useSend();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="question" aria-describedby="detail" onClose={() => close(false)}>
      <h2 id="question">{question}</h2>
      <p id="detail">{detail}</p>
      <Problem text={error} />
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>Cancel</button>
        <button type="button" class="danger" disabled={busy} onClick={async () => (await send(run)) && close(true)}>{yes}</button>
      </div>
    </dialog>
  );
}
