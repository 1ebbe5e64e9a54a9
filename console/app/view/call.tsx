import { useMemo } from "preact/hooks";
import type { Call, CallEvent, Conversation, Leg } from "../contract";
import { type Known, netKey, useConversation } from "../conversation";
import { byTime, clock, moment, since, time } from "../format";
import type { Levels } from "../levels";
import { Ladder } from "../part/ladder";
import { Badge, Empty, Problem } from "../part/notice";
import { NumbersSwitch } from "../part/numbers";
import { Page, Section } from "../part/page";
import { Facts } from "../part/table";
import { Tone } from "../part/tone";
import { Waveform } from "../part/waveform";
import { StartTasks, TaskView } from "../part/task";
import { loss, mos } from "./live";

/** One call: both legs as they sound, who it is, the tone, what happened, and its SIP messages. */
export function CallPage({ id }: { id: string }) {
  const call = useConversation(id);
  const { conversation, live, connected, error, events } = call;
  return (
    <Page title="Call" aside={<NumbersSwitch />}>
      <Problem text={error} />
      {live && !connected && <Problem text="No live data at the moment: the connection is lost, or too many pages are open. It comes back by itself." />}
      {conversation && <Head conversation={conversation} live={live} />}
      {conversation && <Legs call={conversation.call} live={live} levels={call.levels} />}
      {conversation && <Tasks call={conversation.call} live={live} known={call} />}
      {conversation && <Tones call={conversation.call} events={events} />}
      {conversation && <Section title="Events"><Events call={conversation.call} events={events} /></Section>}
      {conversation && <Section title="SIP messages"><Ladder id={id} live={live} /></Section>}
    </Page>
  );
}

function Head({ conversation, live }: { conversation: Conversation; live: boolean }) {
  const { call, ended, lastedMs, failure } = conversation;
  return (
    <section aria-label="The call">
      <div class="row">
        <span class="name">{call.from || "unknown"} → {call.to || "unknown"}</span>
        {live ? <Badge kind="good">live</Badge> : <Badge kind={failure ? "bad" : "plain"}>{failure ? "failed" : "ended"}</Badge>}
      </div>
      <Problem text={failure} />
      {call.warnings?.map((warning) => <p key={warning} class="warning">{warning}</p>)}
      <Facts facts={[
        ["Started", moment(call.started)],
        [live ? "Age" : "Lasted", clock(live ? since(call.started) : (lastedMs ?? 0) / 1000)],
        ...(ended ? [["Ended", moment(ended)] as [string, string]] : []),
        ["Connector", <code>{call.connectorId}</code>],
        ["Transaction", <code>{call.transactionId}</code>],
        ["Call-ID", <code>{call.callId}</code>],
      ]} />
    </section>
  );
}

function Legs({ call, live, levels }: { call: Call; live: boolean; levels: (leg: number) => Levels }) {
  return (
    <div class="pair">
      {call.legs.map((leg, i) => (
        <Section key={i} title={title(leg)}>
          {live && <Waveform label={leg.side} levels={levels(i)} />}
          <Facts facts={[
            ["Party", <code>{leg.party ?? "–"}</code>],
            ["Codec", leg.received?.codec ?? "–"],
            ["Loss", loss(leg)],
            ["Jitter", leg.received ? `${leg.received.jitterMs.toFixed(1)} ms` : "–"],
            ["MOS", mos(leg)],
          ]} />
        </Section>
      ))}
    </div>
  );
}

/** A leg by its side: "Caller". */
const title = (leg: Leg | undefined): string => (leg ? leg.side.charAt(0).toUpperCase() + leg.side.slice(1) : "Leg");

function Tasks({ call, live, known }: { call: Call; live: boolean; known: Known }) {
  const leg = (side: string | undefined) => Math.max(0, call.legs.findIndex((leg) => leg.side === (side ?? "caller")));
  return (
    <Section title="Analyses">
      {known.tasks.length === 0 && <Empty>No analysis has been started. Audio from before a start is never used.</Empty>}
      {known.tasks.map((task) => (
        <TaskView key={task.id} task={task} call={call} live={live} netMs={known.net[netKey(task.id, leg(task.side))]} />
      ))}
      {live && <StartTasks call={call} tasks={known.tasks} />}
    </Section>
  );
}

function Tones({ call, events }: { call: Call; events: CallEvent[] }) {
  const legs = useMemo(() => {
    const points = call.legs.map(() => [] as { at: number; positive: number; neutral: number; negative: number }[]);
    for (const { leg = 0, current, status } of events) {
      if (current && status === "VoiceToneAnalysisSuccessful") {
        points[leg]?.push({ ...current, at: (Date.parse(current.end) - Date.parse(call.started)) / 1000 });
      }
    }
    return points;
  }, [events, call.started, call.legs.length]);
  return legs.some((points) => points.length > 0) ? (
    <Section title="Tone">
      {legs.map((points, i) => <Tone key={i} label={title(call.legs[i])} points={points} />)}
    </Section>
  ) : null;
}

/** Whether an event is of one leg, not of the call. */
const ofLeg = ({ task, type, status }: CallEvent): boolean => !!task || (type.includes("Streaming") && status !== "ALL_STARTED");

function Events({ call, events }: { call: Call; events: CallEvent[] }) {
  return useMemo(() => events.length === 0 ? <Empty>Nothing has happened yet.</Empty> : (
    <ol class="timeline" tabIndex={0} aria-label="Events in order">
      {[...events].sort((a, b) => byTime(a.time, b.time)).map((event) => (
        <li key={event.id}>
          <time dateTime={event.time}>{time(event.time)}</time>
          <span>
            {event.status || event.type}
            {ofLeg(event) && call.legs.length > 1 ? ` (${call.legs[event.leg ?? 0]?.side ?? "leg"})` : ""}
            {event.message ? <span class="hint"> {event.message}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  ), [events, call.legs.length]);
}
