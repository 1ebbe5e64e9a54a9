// Why a sign-in by the issuer has brought the browser back without a session: the server names the reason in the address.

const reasons = new Map([
  ["refused", "You have no access to this server: its operator can see why in its log."],
  ["expired", "The sign-in took too long, or was begun in another window. Try again."],
  ["throttled", "Too many wrong sign-ins from this address: wait a minute."],
  ["unavailable", "The sign-in of your organisation does not answer. Try again in a minute, or use an access key."],
]);

const given = new URLSearchParams(location.search).get("oidc");

/** The reason in words; empty: none. */
export const outcome = reasons.get(given ?? "") ?? "";

if (given !== null) {
  history.replaceState(null, "", location.pathname + location.hash); // it concerns this visit alone
}
