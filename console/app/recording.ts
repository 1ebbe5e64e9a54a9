import type { Conversation, Task } from "./contract";
import { ask } from "./http";
import { createProfile, startSearch } from "./voice";

/** A recording that has become a call, which is silent until it is played. */
export interface Recording {
  transactionId: string;
  lengthMs: number;
}

/** Makes a call on a connector from a WAV file: two channels are caller and callee. */
export const callFrom = (wav: Blob, connector: string): Promise<Recording> =>
  ask("POST", `/console/recordings?${new URLSearchParams({ connector, from: "recording" })}`, new Blob([wav], { type: "audio/wav" }));

export const play = (call: Recording, speed: number): Promise<unknown> =>
  ask("POST", `/console/recordings/${encodeURIComponent(call.transactionId)}/play?speed=${speed}`);

const hangUp = (call: Recording): Promise<unknown> => ask("DELETE", `/console/recordings/${encodeURIComponent(call.transactionId)}`);

const fastest = 8; // times real time
const pollMs = 500;

/** Enrols the caller of a WAV file, as the caller of a call is enrolled. It says how far it is, and returns the profile. */
export async function enrol(wav: Blob, connector: string, domain: string, says: (text: string) => void): Promise<string> {
  says("The recording is sent.");
  const call = await callFrom(wav, connector);
  try {
    const task = await startSearch({ connectorId: connector, transactionId: call.transactionId }, domain);
    await play(call, fastest);
    says(`The recording is played, in about ${Math.ceil(call.lengthMs / 1000 / fastest)} seconds.`);
    await voiceprint(call.transactionId, task);
    return await createProfile(task);
  } finally {
    hangUp(call).catch(() => {}); // has ended by itself
  }
}

/** Waits for the voiceprint of a search. */
async function voiceprint(transactionId: string, id: string): Promise<void> {
  for (;;) {
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
}
