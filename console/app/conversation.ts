import { useMemo, useReducer } from "preact/hooks";
import type { CallEvent, Conversation, LegLevels, Speech, Task } from "./contract";
import { byTime } from "./format";
import { useAsk } from "./http";
import { Levels } from "./levels";
import { useNumbers } from "./part/numbers";
import { useStream } from "./stream";

/** The events of a call that are kept: the server sends no more when a page connects. */
const keptEvents = 1000;

/** What is known of a call. */
export interface Known {
  conversation?: Conversation;
  tasks: Task[];
  events: CallEvent[];
  net: Record<string, number>; // milliseconds of speech, by task and leg
}

type Change = "lost" | { call: Conversation } | { task: Task } | { event: CallEvent } | { speech: Speech };

const nothing: Known = { tasks: [], events: [], net: {} };

/** The key of a leg's speech for a task. */
export const netKey = (task: string, leg: number): string => `${task} ${leg}`;

function change(known: Known, change: Change): Known {
  if (change === "lost") {
    const { conversation, ...rest } = known;
    return rest;
  }
  if ("call" in change) {
    const { tasks, events } = change.call; // only of an ended call
    return { ...known, conversation: change.call, tasks: tasks ?? known.tasks, events: events ?? known.events };
  }
  if ("task" in change) {
    const others = known.tasks.filter((task) => task.id !== change.task.id);
    return { ...known, tasks: [...others, change.task].sort((a, b) => byTime(a.created, b.created) || a.id.localeCompare(b.id)) };
  }
  if ("event" in change) {
    return known.events.some((event) => event.id === change.event.id) ? known : { ...known, events: [...known.events, change.event].slice(-keptEvents) };
  }
  const { task, leg, netMs } = change.speech;
  return { ...known, net: { ...known.net, [netKey(task, leg)]: netMs } };
}

/** A call: as it goes on while it is live, and afterwards what is kept of it. Without an identifier there is none. */
export function useConversation(id: string) {
  const numbers = useNumbers();
  const path = `/console/calls/${encodeURIComponent(id)}`;
  const { value: kept, error, again } = useAsk<Conversation>(id && numbers(path));
  const [known, tell] = useReducer<Known, Change>(change, nothing);
  const levels = useMemo(() => new Map<number, Levels>(), []);
  const of = (leg: number): Levels => {
    const found = levels.get(leg) ?? new Levels();
    levels.set(leg, found);
    return found;
  };
  const live = (known.conversation ?? kept)?.live ?? false;
  const connected = useStream(live ? numbers(path + "/live") : "", {
    call: (call: Conversation) => {
      tell({ call });
      if (!call.live) {
        again();
      }
    },
    levels: ({ legs }: { legs: LegLevels[] }) => legs.forEach(({ leg, fromMs, rms }) => of(leg).put(fromMs, rms)),
    speech: (speech: Speech) => {
      speech.voiced.forEach(([from, to]) => of(speech.leg).speak(from, to));
      tell({ speech });
    },
    task: (task: Task) => tell({ task }),
    event: (event: CallEvent) => tell({ event }),
  }, () => {
    tell("lost"); // until the server says whether the call still is live
    again();
  });
  // Once the call has ended, what the server keeps of it is the whole of it.
  const shown: Known = live || !kept || kept.live
    ? { ...known, conversation: known.conversation ?? kept }
    : { ...known, conversation: kept, tasks: kept.tasks ?? known.tasks, events: kept.events ?? known.events };
  return { ...shown, live, connected, error: known.conversation ? undefined : error, levels: of };
}
