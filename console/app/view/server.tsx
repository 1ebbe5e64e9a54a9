import type { AccessKey, Limit, Model, Server } from "../contract";
import { bytes, count, isSet, moment } from "../format";
import { useAsk } from "../http";
import { Badge, Problem } from "../part/notice";
import { Page, Section } from "../part/page";
import { Facts, Table } from "../part/table";
import { useMay } from "../session";

const refreshMs = 5000;

/** The server: what it is, how full it is, its models and its access keys. */
export function ServerPage() {
  const may = useMay();
  const { value: server, error } = useAsk<Server>("/console/server", refreshMs);
  return (
    <Page title="Server">
      <Problem text={error} />
      {server && (
        <>
          <Section title="This server">
            <Facts facts={[
              ["Version", server.version],
              ["Commit", server.commit ? <code>{server.commit}</code> : "–"],
              ["Load", `${Math.round(100 * server.load)} %`],
              ["API", <code>{server.api}</code>],
              ["SIP", server.sip.map((url) => <div key={url}><code>{url}</code></div>)],
              ["Feed", server.feed ? <code>{server.feed}</code> : "off"],
              ["Account", server.account],
              ["Region", server.region],
            ]} />
          </Section>
          <Section title="Quotas"><Quotas limits={server.limits} /></Section>
          <Section title="Models"><Models models={server.models} /></Section>
        </>
      )}
      {may("timbre:ListKeys") && <Section title="Access keys"><Keys /></Section>}
    </Page>
  );
}

function Quotas({ limits }: { limits: Limit[] }) {
  const amount = (l: Limit, n: number) => (l.bytes ? bytes(n) : count(n));
  return (
    <Table caption="Quotas" rows={limits} id={(l) => l.of} columns={[
      { title: "Quota", cell: (l) => l.of.replace(/_/g, " ") },
      { title: "Used", figure: true, cell: (l) => amount(l, l.used) },
      { title: "Limit", figure: true, cell: (l) => (l.limit ? amount(l, l.limit) : "none") },
      { title: "Share", cell: (l) => l.limit > 0 && <meter aria-label={`Share of ${l.of.replace(/_/g, " ")}`} value={l.used} max={l.limit} high={0.9 * l.limit} optimum={0} /> },
    ]} />
  );
}

function Models({ models }: { models: Model[] }) {
  return (
    <Table caption="Models" rows={models} id={(m) => `${m.kind} ${m.id}`} columns={[
      { title: "Model", cell: (m) => <code>{m.id}</code> },
      { title: "For", cell: (m) => m.kind },
      { title: "State", cell: (m) => <Badge kind={m.inUse ? "good" : "plain"}>{m.inUse ? "in use" : "not in use"}</Badge> },
      { title: "Comes", cell: (m) => (m.builtIn ? "with the program" : m.source || "from a folder") },
      { title: "Licence", cell: (m) => m.licence || "–" },
      { title: "Vector", figure: true, cell: (m) => m.dimension ?? "–" },
      { title: "Figures", cell: (m) => m.card ? <details><summary>Model card</summary><pre tabIndex={0}>{m.card}</pre></details> : "–" },
    ]} />
  );
}

function Keys() {
  const { value, error } = useAsk<{ keys: AccessKey[]; since: string }>("/console/keys", refreshMs);
  return (
    <>
      <Problem text={error} />
      {value && (
        <>
          <p class="hint">Uses are known since the start of the server, {moment(value.since)}.</p>
          <Table caption="Access keys" rows={value.keys} id={(k) => k.id} columns={[
            { title: "Key", cell: (k) => <code>{k.id}</code> },
            { title: "User", cell: (k) => k.user },
            { title: "Last use", cell: (k) => (isSet(k.lastUsed) ? moment(k.lastUsed) : "none") },
            { title: "Expires", cell: (k) => (isSet(k.expires) ? moment(k.expires) : "never") },
            { title: "From", cell: (k) => k.sources?.join(", ") || "everywhere" },
            { title: "May", cell: (k) => <Actions actions={k.actions} /> },
          ]} />
        </>
      )}
    </>
  );
}

function Actions({ actions }: { actions: AccessKey["actions"] }) {
  if (!actions) {
    return <>everything</>;
  }
  return (
    <details>
      <summary>{actions.length} {actions.length === 1 ? "grant" : "grants"}</summary>
      {actions.map((a) => <div key={`${a.action} ${a.resource}`}><code>{a.action}</code>{a.resource !== "*" && <> on <code>{a.resource}</code></>}</div>)}
    </details>
  );
}
