import type { ComponentChildren } from "preact";

/** A column: its title, and what it shows of a row. */
export interface Column<T> {
  title: string;
  cell: (row: T) => ComponentChildren;
  figure?: boolean; // is aligned at the right
  short?: boolean; // stays on one line
}

/** Rows in columns, and on a narrow screen a card for each row. */
export function Table<T>({ caption, columns, rows, id }: { caption: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string }) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>{columns.map((c) => <th key={c.title} scope="col" class={c.figure ? "figure" : undefined}>{c.title}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={id(row)}>
            {columns.map((c) => <td key={c.title} data-title={c.title} class={c.figure ? "figure" : c.short ? "short" : undefined}><div>{c.cell(row)}</div></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Names and values, such as the figures of a call. */
export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
