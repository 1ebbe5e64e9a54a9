/** Media time in minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long ago, or in how long, in the largest unit that says enough. */
export function age(seconds: number): string {
  const past = Math.abs(seconds);
  for (const [unit, length] of [["day", 86_400], ["hour", 3600], ["minute", 60]] as const) {
    if (past >= 2 * length) {
      return `${Math.floor(past / length)} ${unit}s`;
    }
  }
  return `${Math.floor(past)} s`;
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const dateAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Whether a time stamp names a time: none is absent, or the zero time of the server. */
export const isSet = (stamp?: string): stamp is string => !!stamp && !stamp.startsWith("0001-");

/** The date and time, or only the time, of a time stamp; a dash for none. */
export const moment = (stamp?: string): string => (isSet(stamp) ? dateAndTime.format(new Date(stamp)) : "–");
export const time = (stamp?: string): string => (isSet(stamp) ? timeOfDay.format(new Date(stamp)) : "–");

/** Orders times: their texts do not, since a fraction of a second has as many digits as it needs. */
export const byTime = (a: string, b: string): number => Date.parse(a) - Date.parse(b);

/** The seconds since a time stamp. */
export const since = (stamp: string): number => (Date.now() - Date.parse(stamp)) / 1000;

const number = new Intl.NumberFormat("en");
export const count = (n: number): string => number.format(n);

/** A number of bytes in the largest unit that says enough. */
export function bytes(n: number): string {
  const unit = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const;
  const [name, size] = unit.find(([, size]) => n >= size) ?? ["B", 1];
  return `${Number((n / size).toPrecision(3))} ${name}`;
}

/** The start of an identifier, which suffices to tell one from another. */
export const short = (id: string): string => (id.length > 14 ? id.slice(0, 13) + "…" : id);
