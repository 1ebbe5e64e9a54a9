import { useCallback, useEffect, useState } from "preact/hooks";
import type { Letter } from "../contract";
import { count, moment } from "../format";
import { ask, useSend, words } from "../http";
import { Confirm } from "../part/confirm";
import { Empty, Problem } from "../part/notice";
import { Page, Section } from "../part/page";
import { Table } from "../part/table";

const listed = 50;

/** One target: its dead letters, and what waits for it. */
export function TargetPage({ name }: { name: string }) {
  return (
    <Page title={name}>
      <Letters target={name} waiting={false} title="Dead letters" />
      <Letters target={name} waiting title="Waiting" />
    </Page>
  );
}

function Letters({ target, waiting, title }: { target: string; waiting: boolean; title: string }) {
  const [letters, setLetters] = useState<Letter[]>();
  const [failed, setFailed] = useState("");
  const [dropping, setDropping] = useState<{ Seqs?: number[] }>();
  const [retried, setRetried] = useState("");
  const { busy, error, send } = useSend();
  const load = useCallback(async () => {
    try {
      setLetters(await ask<Letter[] | null>("POST", "/outbox/list", { Target: target, Waiting: waiting, Limit: listed }) ?? []);
      setFailed("");
    } catch (error) {
      setFailed(words(error));
    }
  }, [target, waiting]);
  useEffect(() => void load(), [load]);
  const retry = (which: { Seqs?: number[] }) => send(async () => {
    const n = await ask<number>("POST", "/outbox/retry", { Target: target, Waiting: waiting, ...which });
    setRetried(`${count(n)} will be tried again.`);
    await load();
  });
  return (
    <Section title={title}>
      <Problem text={failed || error} />
      <p role="status" class="hint">{retried}</p>
      {letters?.length === 0 && <Empty>None.</Empty>}
      {letters && letters.length > 0 && (
        <>
          <Table caption={title} rows={letters} id={(l) => String(l.Seq)} columns={[
            { title: "Number", cell: (l) => l.Seq },
            { title: "Created", short: true, cell: (l) => moment(l.Created) },
            { title: "Task or call", cell: (l) => <code>{l.Key}</code> },
            { title: "Tries", figure: true, cell: (l) => l.Tries },
            { title: "Last error", cell: (l) => l.Death.Error || "none" },
            { title: "Action", cell: (l) => (
              <div class="row">
                <button type="button" disabled={busy} aria-label={`Retry ${l.Seq}`} onClick={() => retry({ Seqs: [l.Seq] })}>Retry</button>
                <button type="button" class="danger" aria-label={`Drop ${l.Seq}`} onClick={() => setDropping({ Seqs: [l.Seq] })}>Drop</button>
              </div>
            ) },
          ]} />
          {letters.length === listed && <p class="hint">The oldest {listed} are listed.</p>}
          <div class="buttons">
            <button type="button" disabled={busy} onClick={() => retry({})}>Retry all</button>
            <button type="button" class="danger" onClick={() => setDropping({})}>Drop all</button>
          </div>
        </>
      )}
      {dropping && (
        <Confirm question={dropping.Seqs ? `Drop ${dropping.Seqs[0]}?` : "Drop all of them?"} detail="What is dropped is never delivered. This cannot be undone." yes="Drop"
          run={() => ask("POST", "/outbox/drop", { Target: target, Waiting: waiting, ...dropping })} close={(done) => { setDropping(undefined); if (done) void load(); }} />
      )}
    </Section>
  );
}
