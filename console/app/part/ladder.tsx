import { useState } from "preact/hooks";
import type { SipMessage } from "../contract";
import { time } from "../format";
import { useAsk } from "../http";
import { useNumbers } from "./numbers";
import { Empty, Problem } from "./notice";

const refreshMs = 15_000; // of a live call: what has been logged of an ended one stays as it is

/** The SIP messages of a call as a ladder between the peer and the server. They are read once somebody asks for them. */
export function Ladder({ id, live }: { id: string; live: boolean }) {
  const [open, setOpen] = useState(false);
  const path = useNumbers()(`/console/calls/${encodeURIComponent(id)}/sip`);
  const { value, error } = useAsk<{ logged: boolean; messages?: SipMessage[] }>(open ? path : "", live ? refreshMs : 0);
  return (
    <>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "Hide" : "Show"} SIP messages</button>
      <Problem text={error} />
      {open && value && !value.logged && <Empty>The logging configuration of the connector does not ask for SIP messages.</Empty>}
      {open && value?.logged && <Messages messages={value.messages ?? []} />}
    </>
  );
}

function Messages({ messages }: { messages: SipMessage[] }) {
  if (messages.length === 0) {
    return <Empty>No message of this call is in the log.</Empty>;
  }
  return (
    <ol class="ladder">
      {messages.map((message, i) => (
        <li key={i} class={message.from}>
          <details>
            <summary>
              <time dateTime={message.time}>{time(message.time)}</time>
              <span class="arrow" aria-hidden="true" />
              <span><span class="unseen">{message.from === "peer" ? "Peer to Timbre: " : "Timbre to peer: "}</span>{headline(message)}</span>
            </summary>
            <pre tabIndex={0}>{message.text}</pre>
          </details>
        </li>
      ))}
    </ol>
  );
}

/** The method of a request, or the status of a response with the method that it answers. */
function headline({ start, cseq }: SipMessage): string {
  const [first = "", ...rest] = start.split(" ");
  return first.startsWith("SIP/") ? `${rest.join(" ")} (${cseq.split(" ")[1] ?? cseq})` : first;
}
