// Runs the steps of a script of conformance/script that belong to a moment of a call, by the AWS SDK for JavaScript.
//
// usage: node operations.mjs ENDPOINT MOMENT <INPUT      (credentials come from the environment)
//
// INPUT is {"script": …, "known": …}; out comes {"known": …, "results": …}: the variables as they are then, and how each
// step ended. What a step is, and how it is judged, stands in conformance/script.go.
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as voice from "@aws-sdk/client-chime-sdk-voice";
import * as media from "@aws-sdk/client-chime-sdk-media-pipelines";

const [endpoint, moment] = process.argv.slice(2);
const settings = { region: "us-east-1", endpoint };
const sdks = {
  voice: { ...voice, client: new voice.ChimeSDKVoiceClient(settings) },
  media: { ...media, client: new media.ChimeSDKMediaPipelinesClient(settings) },
};
const { script, known } = JSON.parse(await text(process.stdin));
const timeout = 60_000; // milliseconds, for what a step waits for

// fill puts variables in the place of their names.
function fill(value) {
  if (Array.isArray(value)) return value.map(fill);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
  if (typeof value !== "string") return value;
  if (/^\$[^{]/.test(value)) {
    const name = value.slice(1);
    if (known[name] == null) throw new Error(`${name} is not known`);
    return known[name];
  }
  return value.replace(/\$\{(\w+)\}/g, (_, name) => {
    if (typeof known[name] !== "string") throw new Error(`${name} is not known`);
    return known[name];
  });
}

// find gives everything at a path.
function find(value, path) {
  if (path === "") return [value];
  const [name, ...more] = path.split(".");
  const rest = more.join(".");
  if (name === "#") return [(value ?? []).length];
  if (Array.isArray(value)) {
    if (name === "*") return value.flatMap((item) => find(item, rest));
    return name in value ? find(value[name], rest) : [];
  }
  return value !== null && typeof value === "object" ? find(value[name], rest) : [];
}

function fits(found, want) {
  switch (want?.is) {
    case "absent": return found == null;
    case "time": return found instanceof Date && !Number.isNaN(found.getTime());
    case "text": return typeof found === "string" && found !== "";
  }
  return isDeepStrictEqual(found, want);
}

// wrong says what an output does not give, or nothing.
function wrong(got, wants = {}) {
  for (const [path, template] of Object.entries(wants)) {
    const want = fill(template), found = find(got, path);
    if (!found.some((f) => fits(f, want)) && !(found.length === 0 && fits(undefined, want))) {
      return `${path} is ${JSON.stringify(found)}, not ${JSON.stringify(want)}`;
    }
  }
}

async function run(step) {
  const [prefix, operation] = step.do.split(".");
  const sdk = sdks[prefix], input = fill(step.with ?? {}), end = Date.now() + timeout;
  for (;;) {
    let got;
    try {
      got = await sdk.client.send(new sdk[operation + "Command"](input));
    } catch (e) {
      if (!step.fails) throw e;
      return e instanceof sdk[step.fails] ? { outcome: "passed" } : { outcome: "failed", reason: `got ${e}, want ${step.fails}` };
    }
    if (step.fails) return { outcome: "failed", reason: `got no exception, want ${step.fails}` };
    const missing = wrong(got, step.until);
    if (missing && Date.now() < end) {
      await wait(100);
      continue;
    }
    for (const [name, path] of Object.entries(step.keep ?? {})) known[name] = find(got, path)[0];
    const reason = missing ?? wrong(got, step.gives);
    return { outcome: reason ? "failed" : "passed", reason };
  }
}

const results = [];
for (const step of script.steps) {
  if ((step.when ?? "") !== moment) continue;
  let result;
  try {
    result = await run(step);
  } catch (e) {
    result = { outcome: "failed", reason: String(e) };
  }
  results.push({ area: "js", check: step.says, operation: step.do, ...result });
}
process.stdout.write(JSON.stringify({ known, results }));
