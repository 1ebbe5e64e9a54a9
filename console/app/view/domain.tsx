import type { TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { Connector, Domain, Profile } from "../contract";
import { moment } from "../format";
import { useAsk, useSend } from "../http";
import { usePages } from "../pages";
import { Confirm } from "../part/confirm";
import { Empty, Problem } from "../part/notice";
import { Page, Section } from "../part/page";
import { Table } from "../part/table";
import { enrol, fileOf } from "../recording";
import { to } from "../route";
import { useMay } from "../session";
import { createProfile, deleteDomain, deleteProfile } from "../voice";

interface LastMatch {
  time: string;
  transactionId: string;
  confidence: number;
}

/** One domain: its voices, and how to enrol and erase them. */
export function DomainPage({ id }: { id: string }) {
  const may = useMay();
  const path = encodeURIComponent(id);
  const { value, error } = useAsk<{ VoiceProfileDomain: Domain }>(`/console/api/voice-profile-domains/${path}`);
  const profiles = usePages<Profile>(`/console/api/voice-profiles?voice-profile-domain-id=${path}`, "VoiceProfiles");
  const { value: matches } = useAsk<Record<string, LastMatch>>(`/console/domains/${path}/matches`);
  const [erasing, setErasing] = useState(false);
  return (
    <Page title={value?.VoiceProfileDomain.Name ?? "Domain"} aside={<code>{id}</code>}>
      <Problem text={error} />
      <Section title="Voices">
        <Profiles {...profiles} matches={matches ?? {}} mayDelete={may("chime:DeleteVoiceProfile")} />
      </Section>
      {may("chime:CreateVoiceProfile") && (
        <Section title="Enrol a voice">
          {may("timbre:PlayRecording") && may("chime:StartSpeakerSearchTask") && <EnrolFromFile domain={id} enrolled={profiles.again} />}
          <EnrolFromTask enrolled={profiles.again} />
        </Section>
      )}
      {may("chime:DeleteVoiceProfileDomain") && (
        <Section title="Erase the domain">
          <p>A domain must be empty before it is erased.</p>
          <button type="button" class="danger" onClick={() => setErasing(true)}>Erase this domain</button>
        </Section>
      )}
      {erasing && (
        <Confirm question="Erase this domain?" detail="Its key is destroyed. This cannot be undone." yes="Erase"
          run={() => deleteDomain(id)} close={(done) => { setErasing(false); if (done) location.hash = to("domains"); }} />
      )}
    </Page>
  );
}

function Profiles({ items, more, error, again, matches, mayDelete }: ReturnType<typeof usePages<Profile>> & { matches: Record<string, LastMatch>; mayDelete: boolean }) {
  const [erasing, setErasing] = useState("");
  return (
    <>
      <Problem text={error} />
      {items?.length === 0 && <Empty>Nobody is enrolled yet.</Empty>}
      {items && items.length > 0 && (
        <Table caption="Voice profiles" rows={items} id={(p) => p.VoiceProfileId} columns={[
          { title: "Profile", cell: (p) => <code>{p.VoiceProfileId}</code> },
          { title: "Enrolled", short: true, cell: (p) => moment(p.UpdatedTimestamp ?? p.CreatedTimestamp) },
          { title: "Expires", short: true, cell: (p) => moment(p.ExpirationTimestamp) },
          { title: "Last match", cell: (p) => <Last match={matches[p.VoiceProfileId]} /> },
          { title: "Action", cell: (p) => mayDelete && (
            <button type="button" class="danger" onClick={() => setErasing(p.VoiceProfileId)} aria-label={`Erase ${p.VoiceProfileId}`}>Erase</button>
          ) },
        ]} />
      )}
      {more && <div class="buttons"><button type="button" onClick={more}>Show more</button></div>}
      {erasing && (
        <Confirm question="Erase this voice?" detail={`${erasing} is never matched again. This cannot be undone.`} yes="Erase"
          run={() => deleteProfile(erasing)} close={(done) => { setErasing(""); if (done) again(); }} />
      )}
    </>
  );
}

function Last({ match }: { match: LastMatch | undefined }) {
  return match ? <><a href={to("calls", match.transactionId)}>{moment(match.time)}</a>, probability {match.confidence.toFixed(3)}</> : <>none lately</>;
}

function EnrolFromFile({ domain, enrolled }: { domain: string; enrolled: () => void }) {
  const { value } = useAsk<{ VoiceConnectors: Connector[] }>("/console/api/voice-connectors?max-results=99");
  const [says, setSays] = useState("");
  const [chosen, setChosen] = useState("");
  const { busy, error, send } = useSend();
  const connectors = value?.VoiceConnectors ?? [];
  const connector = chosen || connectors[0]?.VoiceConnectorId;
  const submit = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const file = fileOf(event.currentTarget);
    const done = file && connector && await send(async () => {
      const profile = await enrol(file, connector, domain, setSays);
      setSays(`Enrolled as ${profile}.`);
    });
    if (done) {
      enrolled();
    } else {
      setSays("");
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>
        Recording of one voice, 20 seconds of speech at least
        <input name="recording" type="file" accept=".wav,audio/wav" required />
      </label>
      {connectors.length > 1 && (
        <label>
          Connector
          <select value={connector} onChange={(event) => setChosen(event.currentTarget.value)}>
            {connectors.map((c) => <option key={c.VoiceConnectorId} value={c.VoiceConnectorId}>{c.Name}</option>)}
          </select>
        </label>
      )}
      <button disabled={busy || !connector}>Enrol from the recording</button>
      {value && !connector && <span class="hint">It is played as a call, for which there must be a connector.</span>}
      <p role="status" class="hint">{says}</p>
      <Problem text={error} />
    </form>
  );
}

function EnrolFromTask({ enrolled }: { enrolled: () => void }) {
  const [task, setTask] = useState("");
  const [profile, setProfile] = useState("");
  const { busy, error, send } = useSend();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await send(async () => setProfile(await createProfile(task.trim())))) {
      setTask("");
      enrolled();
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>Speaker search task<input required spellcheck={false} value={task} onInput={(event) => setTask(event.currentTarget.value)} /></label>
      <button disabled={busy}>Enrol from the task</button>
      {profile && <p role="status" class="hint">Enrolled as {profile}, in the domain of the task.</p>}
      <Problem text={error} />
    </form>
  );
}
