import type { Conversation, Task } from "./contract";
import { ask } from "./http";
import { createProfile, startSearch } from "./voice";

/** A recording that is played as a call, and the search for its caller. */
export interface Recording {
  transactionId: string;
  lengthMs: number;
  task: string;
}

/** The file that is chosen in a form with a field for a recording. */
export function fileOf(form: HTMLFormElement): File | undefined {
  const file = new FormData(form).get("recording");
  return file instanceof File && file.name ? file : undefined;
}

const fastest = 8; // times real time
const pollMs = 500;
const graceMs = 60_000; // for a voiceprint, after the recording has been played

/** Plays a WAV file as a call, two channels as caller and callee, and searches for the caller. What fails hangs up. */
export async function playAsCall(wav: Blob, connector: string, domain: string, speed: number): Promise<Recording> {
  const query = new URLSearchParams({ connector, from: "recording" });
  const call = await ask<Omit<Recording, "task">>("POST", `/console/recordings?${query}`, new Blob([wav], { type: "audio/wav" }));
  try {
    const task = await startSearch({ connectorId: connector, transactionId: call.transactionId }, domain);
    await ask("POST", `${path(call)}/play?speed=${speed}`);
    return { ...call, task };
  } catch (error) {
    await hangUp(call);
    throw error;
  }
}

const path = (call: Pick<Recording, "transactionId">): string => `/console/recordings/${encodeURIComponent(call.transactionId)}`;

/** Hangs up, and never fails: a call that cannot be hung up has ended, or the server ends it. */
const hangUp = (call: Pick<Recording, "transactionId">): Promise<void> => ask<void>("DELETE", path(call)).catch(() => {});

/** Enrols the caller of a WAV file, as the caller of a call is enrolled. It says how far it is, and returns the profile. */
export async function enrol(wav: Blob, connector: string, domain: string, says: (text: string) => void): Promise<string> {
  says("The recording is sent.");
  const call = await playAsCall(wav, connector, domain, fastest);
  try {
    says(`The recording is played, in about ${Math.ceil(call.lengthMs / 1000 / fastest)} seconds.`);
    await voiceprint(call);
    return await createProfile(call.task);
  } finally {
    await hangUp(call);
  }
}

/** Waits for the voiceprint of a search, for as long as the recording is played and a while. */
async function voiceprint({ transactionId, lengthMs, task: id }: Recording): Promise<void> {
  for (const until = performance.now() + lengthMs / fastest + graceMs; performance.now() < until;) {
    const { tasks = [] } = await ask<Conversation>("GET", `/console/calls/${encodeURIComponent(transactionId)}`, undefined, { background: true });
    const task: Task | undefined = tasks.find((task) => task.id === id);
    if (task?.voiceprint === "VoiceprintGenerationSuccess") {
      return;
    }
    if (task && (!task.active || task.voiceprint)) {
      throw new Error(task.message || "The recording has too little speech for a voiceprint: it takes 20 seconds of one voice.");
    }
    await new Promise((done) => setTimeout(done, pollMs));
  }
  throw new Error("The voiceprint has not come in time: the server may have too much to do.");
}
