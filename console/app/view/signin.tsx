import type { TargetedEvent } from "preact";
import type { Session } from "../contract";
import { ask, useSend } from "../http";
import { Page } from "../part/page";
import { Problem } from "../part/notice";

/** Signs in with an access key, or with the issuer if the server has one. */
export function SignIn({ issuer, outcome, ended, signedIn }: { issuer: boolean; outcome: string; ended: boolean; signedIn: (session: Session) => void }) {
  const { busy, error, send } = useSend();
  const submit = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = Object.fromEntries([...new FormData(event.currentTarget)].filter(([, value]) => value)); // as it is filled in, also by a password manager
    void send(async () => signedIn(await ask<Session>("POST", "/console/session", key)));
  };
  return (
    <div class="sign-in">
      <Page title="Sign in to Timbre">
        <section>
          <Problem text={ended ? "" : outcome} />
          {ended && <p class="warning" role="status">The session has ended.</p>}
          <form method="post" onSubmit={submit}>
            <label>Access key ID<input name="keyId" required autocomplete="username" spellcheck={false} /></label>
            <label>Secret access key<input name="secret" type="password" required autocomplete="current-password" /></label>
            <details>
              <summary>The key has a session token</summary>
              <label>Session token<input name="sessionToken" type="password" autocomplete="off" /></label>
            </details>
            <Problem text={error} />
            <div class="buttons">
              <button class="main" disabled={busy}>Sign in</button>
              {issuer && <a class="button" href="/console/oidc">Sign in with your organisation</a>}
            </div>
          </form>
          <p class="hint">The server wrote its first key to <code>credentials</code> in its data folder.</p>
        </section>
      </Page>
    </div>
  );
}
