import "uplot/dist/uPlot.min.css";
import "./style.css";
import { options, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session, Stranger } from "./contract";
import { nextFrame } from "./frame";
import { ask, onSignedOut, words } from "./http";
import { outcome } from "./issuer";
import { Empty, Problem } from "./part/notice";
import { Numbers } from "./part/numbers";
import { Shell } from "./shell";
import { Signed } from "./session";
import { applyTheme } from "./theme";
import { SignIn } from "./view/signin";

/** The console: its pages for who is signed in, and the sign-in for everybody else. */
function Console() {
  const [session, setSession] = useState<Session | null>();
  const [issuer, setIssuer] = useState(false);
  const [ended, setEnded] = useState(false);
  const [reason, setReason] = useState(outcome);
  const [error, setError] = useState("");
  const numbers = useState(false);
  useEffect(() => {
    ask<Session | Stranger>("GET", "/console/session").then((who) => {
      setIssuer(who.oidc);
      setSession("user" in who ? who : null);
    }, (error) => setError(words(error)));
  }, []);
  useEffect(() => onSignedOut(() => setSession((before) => {
    setEnded(!!before);
    return null;
  })), []);
  const signedIn = (who: Session) => {
    setReason("");
    setSession(who);
  };
  const signOut = () => {
    setEnded(false);
    setSession(null);
  };
  if (session) {
    return (
      <Signed.Provider value={session}>
        <Numbers.Provider value={numbers}><Shell session={session} signedOut={signOut} /></Numbers.Provider>
      </Signed.Provider>
    );
  }
  if (session === null) {
    return <SignIn issuer={issuer} outcome={reason} ended={ended} signedIn={signedIn} />;
  }
  return <main>{error ? <Problem text={error} /> : <Empty>One moment …</Empty>}</main>;
}

options.debounceRendering = nextFrame; // what comes many times a second is drawn once a frame
applyTheme();
render(<Console />, document.body);
