// What the server says, as docs/console.md describes it. Levels are in dBFS, times RFC 3339, fields that are unknown absent.

/** Who is signed in, and whether there is an issuer to sign in by. */
export interface Session {
  oidc: boolean;
  user: string;
  keyId: string;
  expires: string;
  idleMs: number;
  rights: string[];
}

/** Who is not signed in. */
export interface Stranger {
  signedIn: false;
  oidc: boolean;
}

export type Side = "caller" | "callee" | "mixed";

export interface Reception {
  codec?: string;
  packets: number;
  lost: number;
  lossPercent: number;
  late: number;
  duplicates: number;
  dropped: number;
  jitterMs: number;
  mos?: number;
}

export interface Leg {
  side: Side;
  label?: string;
  party?: string;
  received?: Reception;
}

export interface Call {
  transactionId: string;
  connectorId: string;
  callId: string;
  from: string;
  to: string;
  group?: string;
  started: string;
  legs: Leg[];
  warnings?: string[];
}

export interface Match {
  profileId: string;
  confidence: number;
}

export type Kind = "speakerSearch" | "voiceTone";

export interface Task {
  id: string;
  kind: Kind;
  status: string;
  active: boolean;
  message?: string;
  domainId?: string;
  side?: Side;
  identified?: boolean;
  matches?: Match[];
  runnerUp?: number;
  voiceprint?: string;
  profileId?: string;
  created: string;
  started?: string;
  ended?: string;
}

export interface Scores {
  start: string;
  end: string;
  positive: number;
  neutral: number;
  negative: number;
}

export interface CallEvent {
  id: string;
  type: string;
  status: string;
  time: string;
  task?: string;
  leg?: number;
  message?: string;
  matches?: Match[];
  current?: Scores;
  overall?: Scores;
}

/** A call that is live or has ended. */
export interface Conversation {
  call: Call;
  live?: boolean;
  ended?: string;
  lastedMs?: number;
  failure?: string;
  tasks?: Task[];
  events?: CallEvent[];
}

export interface LegLevels {
  leg: number;
  fromMs: number;
  peak: number[];
  rms: number[];
}

export interface Speech {
  task: string;
  kind: Kind;
  leg: number;
  netMs: number;
  voiced: [number, number][];
}

export interface SipMessage {
  time: string;
  from: "peer" | "server";
  start: string;
  cseq: string;
  text: string;
}

export interface Domain {
  VoiceProfileDomainId: string;
  Name: string;
  Description?: string;
}

export interface Profile {
  VoiceProfileId: string;
  CreatedTimestamp?: string;
  UpdatedTimestamp?: string;
  ExpirationTimestamp?: string;
}

export interface Connector {
  VoiceConnectorId: string;
  Name: string;
}

export interface Target {
  Target: string;
  Waiting: number;
  Dead: number;
  Bytes: number;
  Oldest: string;
  Delivery: string;
  Failures: number;
  Next: string;
  Error: string;
}

export interface Letter {
  Seq: number;
  Created: string;
  Key: string;
  Target: string;
  Tries: number;
  Death: { Cause?: string; Error?: string; Time?: string };
}

export interface Limit {
  of: string;
  used: number;
  limit: number;
  bytes?: boolean;
}

export interface Model {
  id: string;
  kind: string;
  inUse: boolean;
  builtIn: boolean;
  licence?: string;
  source?: string;
  dimension?: number;
  card?: string; // Markdown
}

export interface Server {
  version: string;
  commit?: string;
  account: string;
  region: string;
  api: string;
  sip: string[];
  feed?: string;
  load: number;
  limits: Limit[];
  models: Model[];
}

export interface AccessKey {
  id: string;
  user: string;
  expires?: string;
  lastUsed?: string;
  sources?: string[];
  actions?: { action: string; resource: string }[];
}
