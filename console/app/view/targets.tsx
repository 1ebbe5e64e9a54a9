import { useCallback, useEffect, useState } from "preact/hooks";
import type { Target } from "../contract";
import { age, bytes, count, isSet, moment, since } from "../format";
import { ask, words } from "../http";
import { Badge, Empty, Problem } from "../part/notice";
import { Page } from "../part/page";
import { Table } from "../part/table";
import { poll } from "../poll";
import { to } from "../route";

const refreshMs = 5000;

/** Where events go, if something waits or does not work. */
export function TargetsPage() {
  const { targets, error } = useTargets();
  return (
    <Page title="Targets">
      <section>
        <Problem text={error} />
        {targets?.length === 0 && <Empty>Everything has been delivered: nothing waits, and there are no dead letters.</Empty>}
        {targets && targets.length > 0 && (
          <Table caption="Targets for which something waits, is dead or fails" rows={targets} id={(t) => t.Target} columns={[
            { title: "Target", cell: (t) => <a href={to("targets", t.Target)}>{t.Target}</a> },
            { title: "Delivery", cell: (t) => <Badge kind={t.Delivery === "works" ? "good" : "bad"}>{t.Delivery}</Badge> },
            { title: "Waiting", figure: true, cell: (t) => count(t.Waiting) },
            { title: "Oldest", figure: true, cell: (t) => (isSet(t.Oldest) ? age(since(t.Oldest)) : "–") },
            { title: "Dead", figure: true, cell: (t) => count(t.Dead) },
            { title: "Size", figure: true, cell: (t) => bytes(t.Bytes) },
            { title: "Next try", short: true, cell: (t) => moment(t.Next) },
            { title: "Last error", cell: (t) => t.Error || "none" },
          ]} />
        )}
      </section>
    </Page>
  );
}

/** The targets, asked for from time to time. */
function useTargets() {
  const [state, setState] = useState<{ targets?: Target[]; error?: string }>({});
  const load = useCallback(async (background: boolean) => {
    try {
      setState({ targets: await ask<Target[] | null>("POST", "/outbox/targets", {}, { background }) ?? [] });
    } catch (error) {
      setState((before) => ({ ...before, error: words(error) }));
    }
  }, []);
  useEffect(() => poll(load, refreshMs), [load]);
  return state;
}
