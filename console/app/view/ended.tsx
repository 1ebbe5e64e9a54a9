import type { TargetedEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Connector, Conversation } from "../contract";
import { clock, moment } from "../format";
import { ask, useAsk, useSend } from "../http";
import { Badge, Empty, Problem } from "../part/notice";
import { NumbersSwitch, useNumbers } from "../part/numbers";
import { Page } from "../part/page";
import { Table } from "../part/table";
import { to } from "../route";
import { useMay } from "../session";

/** What ended calls are listed by, as the query of the request. Times are those of the form. */
interface Filter {
  from: string;
  to: string;
  connector: string;
  number: string;
  outcome: string;
}

const pageSize = 50;

const everything: Filter = { from: "", to: "", connector: "", number: "", outcome: "" };

/** The calls that have ended, the newest first, a page at a time. */
export function EndedPage() {
  const [asked, setAsked] = useState({ filter: everything, round: 0 });
  const numbers = useNumbers();
  const path = numbers("/console/calls?" + query(asked.filter));
  return (
    <Page title="Ended calls" aside={<NumbersSwitch />}>
      <section>
        <FilterForm apply={(filter) => setAsked(({ round }) => ({ filter, round: round + 1 }))} />
        <Ended key={`${asked.round} ${path}`} path={path} />
      </section>
    </Page>
  );
}

function query(filter: Filter): URLSearchParams {
  const asked = new URLSearchParams({ limit: String(pageSize) });
  for (const [name, value] of Object.entries(filter)) {
    if (value) {
      asked.set(name, name === "from" || name === "to" ? new Date(value).toISOString() : value);
    }
  }
  return asked;
}

function FilterForm({ apply }: { apply: (filter: Filter) => void }) {
  const [filter, setFilter] = useState(everything);
  const may = useMay();
  const { value } = useAsk<{ VoiceConnectors: Connector[] }>(may("chime:ListVoiceConnectors") ? "/console/api/voice-connectors?max-results=99" : "");
  const field = (name: keyof Filter) => ({
    value: filter[name],
    onInput: ({ currentTarget: { value } }: TargetedEvent<HTMLInputElement | HTMLSelectElement>) => setFilter((before) => ({ ...before, [name]: value })),
  });
  return (
    <form class="fields" onSubmit={(event) => { event.preventDefault(); apply(filter); }}>
      <label>From<input type="datetime-local" {...field("from")} /></label>
      <label>To<input type="datetime-local" {...field("to")} /></label>
      {may("timbre:GetNumbers") && <label>Number contains<input inputMode="tel" size={12} {...field("number")} /></label>}
      <label>
        Outcome
        <select {...field("outcome")}>
          <option value="">Any</option>
          <option value="completed">Completed</option>
          <option value="failed">Failed</option>
        </select>
      </label>
      {value && (
        <label>
          Connector
          <select {...field("connector")}>
            <option value="">Any</option>
            {value.VoiceConnectors.map((c) => <option key={c.VoiceConnectorId} value={c.VoiceConnectorId}>{c.Name}</option>)}
          </select>
        </label>
      )}
      <button class="main">Show</button>
    </form>
  );
}

/** An answer of the server, which looks at so many calls at a time: those of them that are wanted, and where and at what time the list goes on. */
interface Listed {
  calls: Conversation[];
  next?: string;
  before?: string;
}

const looksAtOnce = 8; // until somebody wants more

function Ended({ path }: { path: string }) {
  const [listed, setListed] = useState<Listed>();
  const { busy, error, send } = useSend();
  const more = () => send(async () => {
    let found = 0, next = listed?.next;
    for (let looks = 0; looks < looksAtOnce && (looks === 0 || (next && found < pageSize)); looks++) {
      const page = await ask<Listed>("GET", path + (next ? `&after=${encodeURIComponent(next)}` : ""));
      found += page.calls.length;
      next = page.next;
      setListed((before) => ({ ...page, calls: [...(before?.calls ?? []), ...page.calls] }));
    }
  });
  useEffect(() => void more(), []);
  return (
    <>
      <Problem text={error} />
      <p role="status" class="hint">{busy ? "One moment …" : listed?.next ? `Calls that ended since ${moment(listed.before)}.` : ""}</p>
      {!busy && listed?.calls.length === 0 && <Empty>No such call{listed.next ? " among these." : ". Calls are kept for seven days."}</Empty>}
      {listed && listed.calls.length > 0 && (
        <Table caption="Ended calls" rows={listed.calls} id={({ call }) => call.transactionId} columns={[
          { title: "Call", cell: ({ call }) => <a href={to("calls", call.transactionId)}>{call.from || "unknown"} → {call.to || "unknown"}</a> },
          { title: "Ended", short: true, cell: ({ ended }) => moment(ended) },
          { title: "Lasted", figure: true, cell: ({ lastedMs = 0 }) => clock(lastedMs / 1000) },
          { title: "Outcome", cell: ({ failure }) => failure ? <><Badge kind="bad">failed</Badge> {failure}</> : <Badge kind="plain">completed</Badge> },
          { title: "Connector", cell: ({ call }) => <code>{call.connectorId}</code> },
        ]} />
      )}
      {listed?.next && <div class="buttons"><button type="button" disabled={busy} onClick={more}>Show older calls</button></div>}
    </>
  );
}
