import type { ComponentChildren, TargetedEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Connector, Domain, Server } from "../contract";
import { netKey, useConversation } from "../conversation";
import { useAsk, useSend } from "../http";
import { usePages } from "../pages";
import { Badge, Empty, Problem } from "../part/notice";
import { Page } from "../part/page";
import { TaskView } from "../part/task";
import { fileOf, playAsCall } from "../recording";
import { to } from "../route";
import { useMay } from "../session";
import { createConnector, createDomain } from "../voice";

const speed = 4; // of the calls, times real time, as in the demo: a first result comes within seconds

/** Walks from an empty server to a caller who is recognised. */
export function SetupPage() {
  const may = useMay();
  const connectors = usePages<Connector>("/console/api/voice-connectors", "VoiceConnectors");
  const domains = usePages<Domain>("/console/api/voice-profile-domains", "VoiceProfileDomains");
  const [connector, domain] = [connectors.items?.[0], domains.items?.[0]];
  return (
    <Page title="Set-up">
      <section>
        <p>Five steps lead from an empty server to a caller who is recognised. You need a recording of a voice, as a WAV file with 20 seconds of speech or more. It is played at four times its speed.</p>
        <ol class="steps">
          <Step title="A connector, where calls come in" done={!!connector}>
            <Problem text={connectors.error} />
            {connector && <p>Calls come in at <strong>{connector.Name}</strong>, <code>{connector.VoiceConnectorId}</code>.</p>}
            {connectors.items?.length === 0 && <NewConnector created={connectors.again} />}
          </Step>
          <Step title="A voice profile domain, which holds the voices" done={!!domain}>
            <Problem text={domains.error} />
            {domain && <p>Voices are enrolled in <a href={to("domains", domain.VoiceProfileDomainId)}>{domain.Name}</a>.</p>}
            {domains.items?.length === 0 && <NewDomain created={domains.again} />}
          </Step>
          {connector && domain && <Calls connector={connector.VoiceConnectorId} domain={domain.VoiceProfileDomainId} mayPlay={may("timbre:PlayRecording")} />}
        </ol>
      </section>
    </Page>
  );
}

function Step({ title, done, children }: { title: string; done: boolean; children: ComponentChildren }) {
  return (
    <li>
      <h2>{title} {done && <Badge kind="good">done</Badge>}</h2>
      {children}
    </li>
  );
}

function NewConnector({ created }: { created: () => void }) {
  const [network, setNetwork] = useState("127.0.0.0/8");
  const { busy, error, send } = useSend();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await send(() => createConnector("console", network))) {
      created();
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>Network that may call<input required value={network} onInput={(event) => setNetwork(event.currentTarget.value)} /></label>
      <button class="main" disabled={busy}>Create a connector</button>
      <Problem text={error} />
    </form>
  );
}

function NewDomain({ created }: { created: () => void }) {
  const { busy, error, send } = useSend();
  return (
    <>
      <button type="button" class="main" disabled={busy} onClick={async () => (await send(() => createDomain("callers"))) && created()}>Create a domain</button>
      <Problem text={error} />
    </>
  );
}

/** The steps with calls: one that enrols its caller, and one that recognises the caller. */
function Calls({ connector, domain, mayPlay }: { connector: string; domain: string; mayPlay: boolean }) {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [profile, setProfile] = useState("");
  const [name, setName] = useState("");
  return (
    <>
      <Step title="A call" done={!!first}>
        {mayPlay ? <PlayCall connector={connector} domain={domain} label="Recording of a voice" placed={setFirst} /> : <Empty>This access key may not play recordings.</Empty>}
        <ByHand />
      </Step>
      <Step title="The caller is enrolled, after 20 seconds of speech" done={!!profile}>
        {first ? <Watch key={first} id={first} enrolled={setProfile} /> : <Empty>Comes with the call.</Empty>}
      </Step>
      <Step title="The caller calls again and is recognised, after 10 seconds of speech" done={!!name}>
        {profile ? <PlayCall connector={connector} domain={domain} label="Another recording of the voice, or the same" placed={setSecond} /> : <Empty>Comes once the caller is enrolled.</Empty>}
        {second && <Watch key={second} id={second} named={setName} />}
        {name && <p role="status" class="success">Timbre knows the voice: <code>{name}</code>. The server is ready for your SBC.</p>}
      </Step>
    </>
  );
}

/** The search on a call that was placed here. It tells who was enrolled from it, and whose name it found. */
function Watch({ id, enrolled, named }: { id: string; enrolled?: (profile: string) => void; named?: (name: string) => void }) {
  const { conversation, tasks, live, net, error } = useConversation(id);
  const task = tasks.find((task) => task.kind === "speakerSearch");
  const name = task?.matches?.[0]?.profileId;
  useEffect(() => {
    if (name) {
      named?.(name);
    }
  }, [name]);
  return (
    <>
      <Problem text={error} />
      {conversation && task && (
        <TaskView task={task} call={conversation.call} live={live} netMs={net[netKey(task.id, 0)]} {...(enrolled ? { enrolled } : {})} />
      )}
      <p><a href={to("calls", id)}>Watch the whole call</a></p>
    </>
  );
}

function PlayCall({ connector, domain, label, placed }: { connector: string; domain: string; label: string; placed: (id: string) => void }) {
  const { busy, error, send } = useSend();
  const submit = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const file = fileOf(event.currentTarget);
    if (file) {
      void send(async () => {
        const call = await playAsCall(file, connector, domain, speed);
        placed(call.transactionId);
      });
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>{label}<input name="recording" type="file" accept=".wav,audio/wav" required /></label>
      <button class="main" disabled={busy}>Play it as a call</button>
      <Problem text={error} />
    </form>
  );
}

/** How a call comes from elsewhere. */
function ByHand() {
  const { value } = useAsk<Server>(useMay()("timbre:GetServer") ? "/console/server" : "");
  const sip = value?.sip[0];
  return (
    <details>
      <summary>Or call from a terminal, or from your SBC</summary>
      <p>On this machine, the server's own phone plays WAV files as a call:</p>
      <pre tabIndex={0}>timbre call CALLER.wav AGENT.wav</pre>
      <p>An SBC sends its SIPREC sessions to {sip ? <code>{sip}</code> : "the SIP address of the server"}. Such a call is among the <a href={to("live")}>live calls</a>, where its analyses are started.</p>
    </details>
  );
}
