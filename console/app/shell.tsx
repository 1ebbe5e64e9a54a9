import { useEffect } from "preact/hooks";
import type { Session } from "./contract";
import { ask, checkSession, useSend } from "./http";
import { type Route, to, useRoute } from "./route";
import { useMay } from "./session";
import { type Theme, useTheme } from "./theme";
import { CallPage } from "./view/call";
import { DomainPage } from "./view/domain";
import { DomainsPage } from "./view/domains";
import { EndedPage } from "./view/ended";
import { LivePage } from "./view/live";
import { ServerPage } from "./view/server";
import { SetupPage } from "./view/setup";
import { TargetPage } from "./view/target";
import { TargetsPage } from "./view/targets";

/** The pages: where each is, its title, the right that it needs, and what it shows. */
const pages = [
  { name: "live", title: "Live calls", right: "timbre:ListCalls", show: () => <LivePage /> },
  { name: "ended", title: "Ended calls", right: "timbre:ListCalls", show: () => <EndedPage /> },
  { name: "domains", title: "Voices", right: "chime:ListVoiceProfileDomains", show: () => <DomainsPage /> },
  { name: "targets", title: "Targets", right: "timbre:ManageOutbox", show: () => <TargetsPage /> },
  { name: "server", title: "Server", right: "timbre:GetServer", show: () => <ServerPage /> },
  { name: "setup", title: "Set-up", right: "chime:CreateVoiceConnector", show: () => <SetupPage /> },
];

/** The page of a place. */
function show([name = "", id = ""]: Route, first: string) {
  switch (id && name) {
    case "calls":
      return <CallPage key={id} id={id} />;
    case "domains":
      return <DomainPage key={id} id={id} />;
    case "targets":
      return <TargetPage key={id} name={id} />;
  }
  return (pages.find((p) => p.name === name) ?? pages.find((p) => p.name === first))?.show();
}

/** What surrounds every page: where one can go, the colours, and who is signed in. */
export function Shell({ session, signedOut }: { session: Session; signedOut: () => void }) {
  const route = useRoute();
  const may = useMay();
  const open = pages.filter((p) => may(p.right));
  const first = open[0]?.name ?? "";
  const here = route[0] === "calls" ? "live" : route[0] ?? first;
  useKeepAlive(session.idleMs);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>("h1")?.focus(); }}>Skip to the content</a>
      <header class="top">
        <strong><img src="assets/icon.svg" alt="" />Timbre</strong>
        <nav aria-label="Pages">
          {open.map((p) => <a key={p.name} href={to(p.name)} aria-current={p.name === here ? "page" : undefined}>{p.title}</a>)}
        </nav>
        <Account session={session} signedOut={signedOut} />
      </header>
      {open.length > 0 ? show(route, first) : <main><p>This access key has no right to anything that the console shows.</p></main>}
    </>
  );
}

function Account({ session, signedOut }: { session: Session; signedOut: () => void }) {
  const [theme, setTheme] = useTheme();
  const { busy, send } = useSend();
  return (
    <div class="account">
      <span title={session.keyId}>{session.user}</span>
      <select aria-label="Colours" value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
        <option value="system">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
      <button type="button" disabled={busy} onClick={async () => (await send(() => ask("DELETE", "/console/session"))) && signedOut()}>Sign out</button>
    </div>
  );
}

/** Renews the session while somebody is at the page: streams alone do not. */
function useKeepAlive(idleMs: number) {
  useEffect(() => {
    let active = false;
    const note = () => { active = true; };
    const timer = setInterval(() => {
      if (active) {
        active = false;
        checkSession({}).catch(() => {}); // the next request shows what is wrong
      }
    }, idleMs / 3);
    const kinds = ["pointerdown", "keydown", "wheel"] as const;
    kinds.forEach((kind) => addEventListener(kind, note, { passive: true }));
    return () => {
      clearInterval(timer);
      kinds.forEach((kind) => removeEventListener(kind, note));
    };
  }, [idleMs]);
}
