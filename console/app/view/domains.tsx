import { useState } from "preact/hooks";
import type { Domain } from "../contract";
import { useSend } from "../http";
import { usePages } from "../pages";
import { Empty, Problem } from "../part/notice";
import { Page, Section } from "../part/page";
import { Table } from "../part/table";
import { to } from "../route";
import { useMay } from "../session";
import { createDomain } from "../voice";

/** The voice profile domains. */
export function DomainsPage() {
  const may = useMay();
  const { items, more, error, again } = usePages<Domain>("/console/api/voice-profile-domains", "VoiceProfileDomains");
  return (
    <Page title="Voices">
      <Section title="Voice profile domains">
        <Problem text={error} />
        {items?.length === 0 && <Empty>There is no domain yet. A domain holds the voices among which a search looks for the caller.</Empty>}
        {items && items.length > 0 && (
          <Table caption="Voice profile domains" rows={items} id={(d) => d.VoiceProfileDomainId} columns={[
            { title: "Name", cell: (d) => <a href={to("domains", d.VoiceProfileDomainId)}>{d.Name}</a> },
            { title: "Domain", cell: (d) => <code>{d.VoiceProfileDomainId}</code> },
            { title: "Description", cell: (d) => d.Description ?? "–" },
          ]} />
        )}
        {more && <div class="buttons"><button type="button" onClick={more}>Show more</button></div>}
      </Section>
      {may("chime:CreateVoiceProfileDomain") && <Section title="A new domain"><Create created={again} /></Section>}
    </Page>
  );
}

function Create({ created }: { created: () => void }) {
  const [name, setName] = useState("");
  const { busy, error, send } = useSend();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await send(() => createDomain(name))) {
      setName("");
      created();
    }
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label>Name<input required maxLength={256} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <button disabled={busy}>Create</button>
      <Problem text={error} />
    </form>
  );
}
