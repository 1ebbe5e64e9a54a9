import { useState } from "preact/hooks";
import type { Call, Domain, Task } from "../contract";
import { short } from "../format";
import { useAsk, useSend } from "../http";
import { to } from "../route";
import { useMay } from "../session";
import { createProfile, startSearch, startTone, stopTask } from "../voice";
import { Badge, Problem } from "./notice";
import { Ring } from "./ring";

interface Shown {
  task: Task;
  call: Call;
  live: boolean;
  enrolled?: (profile: string) => void; // from the task, here
}

/** An analysis: what it has found, how much speech it has heard, and how to stop it or enrol from it. */
export function TaskView({ netMs, ...shown }: Shown & { netMs: number | undefined }) {
  const { task } = shown;
  const search = task.kind === "speakerSearch";
  const seconds = netMs === undefined ? reached(task) : netMs / 1000;
  return (
    <article class="task">
      <h3>
        {search ? "Speaker search" : "Voice tone analysis"} <Badge kind={badge(task)}>{task.status.toLowerCase().replace(/_/g, " ")}</Badge>
      </h3>
      {task.message && <p class="hint">{task.message}</p>}
      {search && (
        <div class="row">
          <Ring label="name" seconds={seconds} needed={10} />
          <Ring label="voiceprint" seconds={seconds} needed={20} />
          <Answer task={task} />
        </div>
      )}
      <Actions {...shown} />
    </article>
  );
}

/** The speech that a search has heard at least, by what it has found. */
const reached = (task: Task): number => (task.voiceprint === "VoiceprintGenerationSuccess" ? 20 : task.identified ? 10 : 0);

const badge = (task: Task) => (task.active ? "good" : task.status === "FAILED" ? "bad" : "plain");

function Answer({ task: { identified, matches, runnerUp, domainId } }: { task: Task }) {
  const [best, second] = matches ?? [];
  if (!best) {
    return <p role="status" class="name">{identified ? "Nobody in this domain" : "No name yet"}</p>;
  }
  const next = second?.confidence ?? runnerUp;
  return (
    <div role="status">
      <p class="name">{domainId ? <a href={to("domains", domainId)}>{best.profileId}</a> : best.profileId}</p>
      <p class="hint">
        Probability {best.confidence.toFixed(3)}{next !== undefined && `, ${(best.confidence - next).toFixed(3)} ahead of the next voice`}
      </p>
    </div>
  );
}

function Actions({ task, call, live, enrolled }: Shown) {
  const may = useMay();
  const { busy, error, send } = useSend();
  const [made, setMade] = useState("");
  const profile = made || task.profileId;
  const enrol = async () => {
    const profile = await createProfile(task.id);
    setMade(profile);
    enrolled?.(profile);
  };
  const kind = task.kind === "speakerSearch" ? "SpeakerSearchTask" : "VoiceToneAnalysisTask";
  return (
    <>
      <Problem text={error} />
      <div class="buttons">
        {live && task.active && may(`chime:Stop${kind}`) && (
          <button type="button" disabled={busy} onClick={() => send(() => stopTask(call.connectorId, task))}>Stop</button>
        )}
        {!profile && task.voiceprint === "VoiceprintGenerationSuccess" && may("chime:CreateVoiceProfile") && (
          <button type="button" class="main" disabled={busy} onClick={() => send(enrol)}>Enrol this voice</button>
        )}
        {profile && <p role="status">Enrolled as <code>{profile}</code></p>}
      </div>
    </>
  );
}

/** Starts the analyses that a call does not have. */
export function StartTasks({ call, tasks }: { call: Call; tasks: Task[] }) {
  const may = useMay();
  const active = (kind: Task["kind"]) => tasks.some((task) => task.kind === kind && task.active);
  return (
    <>
      {!active("speakerSearch") && may("chime:StartSpeakerSearchTask") && <StartSearch call={call} />}
      {!active("voiceTone") && may("chime:StartVoiceToneAnalysisTask") && <StartTone call={call} />}
    </>
  );
}

function StartSearch({ call }: { call: Call }) {
  const { value, error } = useAsk<{ VoiceProfileDomains: Domain[] }>("/console/api/voice-profile-domains?max-results=100");
  const { busy, error: refused, send } = useSend();
  const [domain, setDomain] = useState("");
  const domains = value?.VoiceProfileDomains ?? [];
  const chosen = domain || domains[0]?.VoiceProfileDomainId;
  const submit = (event: Event) => {
    event.preventDefault();
    if (chosen) {
      void send(() => startSearch(call, chosen));
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>
        Voice profile domain
        <select value={chosen} onChange={(event) => setDomain(event.currentTarget.value)}>
          {domains.map((d) => <option key={d.VoiceProfileDomainId} value={d.VoiceProfileDomainId}>{d.Name} ({short(d.VoiceProfileDomainId)})</option>)}
        </select>
      </label>
      <button disabled={busy || !chosen}>Start a speaker search</button>
      {value && domains.length === 0 && <span class="hint">There is no domain yet.</span>}
      <Problem text={error ?? refused} />
    </form>
  );
}

function StartTone({ call }: { call: Call }) {
  const { busy, error, send } = useSend();
  return (
    <div class="buttons">
      <button type="button" disabled={busy} onClick={() => send(() => startTone(call))}>Start a voice tone analysis</button>
      <Problem text={error} />
    </div>
  );
}
