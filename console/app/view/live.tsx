import type { ComponentChildren } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import type { Call, Leg } from "../contract";
import { clock, since } from "../format";
import { Loudness } from "../levels";
import { Meter } from "../part/meter";
import { Badge, Empty, Problem } from "../part/notice";
import { NumbersSwitch, useNumbers } from "../part/numbers";
import { Page } from "../part/page";
import { Table } from "../part/table";
import { to } from "../route";
import { useStream } from "../stream";

/** The live calls, as they come and go. */
export function LivePage() {
  const [live, setLive] = useState<{ total: number; calls: Call[] }>();
  const loudness = useMemo(() => new Loudness(), []);
  const connected = useStream(useNumbers()("/console/live"), {
    calls: setLive,
    levels: (levels: Record<string, number[]>) => loudness.put(levels),
  });
  const total = live?.total ?? 0;
  return (
    <Page title="Live calls" aside={<NumbersSwitch />}>
      <section>
        <p role="status" class="hint">{live ? `${total} ${total === 1 ? "call" : "calls"}` : "One moment …"}</p>
        {!connected && <Problem text="No live data at the moment: the connection is lost, or too many pages are open. It comes back by itself." />}
        {live && live.calls.length < total && <p class="hint">The newest {live.calls.length} are listed.</p>}
        {live?.calls.length === 0 && <Empty>No call is live. A call appears here when an SBC, a trunk or a feed sends it.</Empty>}
        {live && live.calls.length > 0 && <Calls calls={live.calls} loudness={loudness} />}
      </section>
    </Page>
  );
}

function Calls({ calls, loudness }: { calls: Call[]; loudness: Loudness }) {
  return (
    <Table caption="Live calls" rows={calls} id={(call) => call.transactionId} columns={[
      { title: "Call", cell: (call) => <a href={to("calls", call.transactionId)}>{call.from || "unknown"} → {call.to || "unknown"}</a> },
      { title: "Age", figure: true, cell: (call) => clock(since(call.started)) },
      { title: "Leg", cell: (call) => <Legs call={call} show={(leg) => leg.side} /> },
      { title: "Level", cell: (call) => <Legs call={call} show={(leg, i) => <LegMeter call={call} leg={leg} index={i} loudness={loudness} />} /> },
      { title: "Codec", cell: (call) => <Legs call={call} show={(leg) => leg.received?.codec ?? "–"} /> },
      { title: "Loss", figure: true, cell: (call) => <Legs call={call} show={loss} /> },
      { title: "MOS", figure: true, cell: (call) => <Legs call={call} show={mos} /> },
      { title: "Connector", cell: (call) => <code>{call.connectorId}</code> },
      { title: "Warnings", cell: (call) => call.warnings?.length ? <Badge kind="doubtful">{call.warnings.length}</Badge> : "none" },
    ]} />
  );
}

function Legs({ call, show }: { call: Call; show: (leg: Leg, index: number) => ComponentChildren }) {
  return <>{call.legs.map((leg, i) => <div key={i}>{show(leg, i)}</div>)}</>;
}

function LegMeter({ call, leg, index, loudness }: { call: Call; leg: Leg; index: number; loudness: Loudness }) {
  const read = useCallback(() => loudness.of(call.transactionId, index), [loudness, call.transactionId, index]);
  return <Meter label={`Level of the ${leg.side}`} source={loudness} read={read} />;
}

/** The loss of a leg in percent. */
export const loss = (leg: Leg): string => (leg.received ? `${leg.received.lossPercent.toFixed(1)} %` : "–");

/** The estimated quality of a leg. */
export const mos = (leg: Leg): string => leg.received?.mos?.toFixed(2) ?? "–";
