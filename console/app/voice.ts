import type { Call, Task } from "./contract";
import { ask } from "./http";

// The operations of the voice API that the console uses.

const api = "/console/api";
const token = (): string => crypto.randomUUID?.() ?? `console-${Date.now()}-${Math.random().toString(36).slice(2)}`; // without TLS there is no UUID

/** What tasks are started on. */
type OnCall = Pick<Call, "connectorId" | "transactionId"> & { legs?: Call["legs"] };

const tasksOf = (connector: string, kind: Task["kind"]): string =>
  `${api}/voice-connectors/${encodeURIComponent(connector)}/${kind === "speakerSearch" ? "speaker-search-tasks" : "voice-tone-analysis-tasks"}`;

/** Starts a speaker search on the caller's leg, or on the only one of a mixed call. */
export async function startSearch(call: OnCall, domain: string): Promise<string> {
  const mixed = call.legs?.every((leg) => leg.side === "mixed");
  const { SpeakerSearchTask: task } = await ask<{ SpeakerSearchTask: { SpeakerSearchTaskId: string } }>("POST", tasksOf(call.connectorId, "speakerSearch"), {
    TransactionId: call.transactionId, VoiceProfileDomainId: domain, CallLeg: mixed ? undefined : "Caller", ClientRequestToken: token(),
  });
  return task.SpeakerSearchTaskId;
}

/** Starts a voice tone analysis of all legs. */
export const startTone = (call: OnCall): Promise<unknown> => ask("POST", tasksOf(call.connectorId, "voiceTone"), {
  TransactionId: call.transactionId, LanguageCode: "en-US", ClientRequestToken: token(),
});

export const stopTask = (connector: string, task: Pick<Task, "id" | "kind">): Promise<unknown> =>
  ask("POST", `${tasksOf(connector, task.kind)}/${encodeURIComponent(task.id)}?operation=stop`);

/** Makes a voice profile from the voiceprint of a search, and returns its identifier. */
export async function createProfile(task: string): Promise<string> {
  const { VoiceProfile: profile } = await ask<{ VoiceProfile: { VoiceProfileId: string } }>("POST", `${api}/voice-profiles`, { SpeakerSearchTaskId: task });
  return profile.VoiceProfileId;
}

export const deleteProfile = (profile: string): Promise<unknown> => ask("DELETE", `${api}/voice-profiles/${encodeURIComponent(profile)}`);

export const deleteDomain = (domain: string): Promise<unknown> => ask("DELETE", `${api}/voice-profile-domains/${encodeURIComponent(domain)}`);

/** Makes a domain, and returns its identifier. */
export async function createDomain(name: string): Promise<string> {
  const { VoiceProfileDomain: domain } = await ask<{ VoiceProfileDomain: { VoiceProfileDomainId: string } }>("POST", `${api}/voice-profile-domains`, {
    Name: name, ServerSideEncryptionConfiguration: { KmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/console" },
  });
  return domain.VoiceProfileDomainId;
}

/** Makes a connector whose calls from a network are analysed, and returns its identifier. */
export async function createConnector(name: string, network: string): Promise<string> {
  const { VoiceConnector: connector } = await ask<{ VoiceConnector: { VoiceConnectorId: string } }>("POST", `${api}/voice-connectors`, {
    Name: name, RequireEncryption: false,
  });
  const path = `${api}/voice-connectors/${encodeURIComponent(connector.VoiceConnectorId)}`;
  await ask("PUT", `${path}/termination`, { Termination: { CallingRegions: ["US"], CidrAllowedList: [network], Disabled: false } });
  const { MediaInsightsPipelineConfiguration: configuration } =
    await ask<{ MediaInsightsPipelineConfiguration: { MediaInsightsPipelineConfigurationArn: string } }>("POST", `${api}/media-insights-pipeline-configurations`, {
      MediaInsightsPipelineConfigurationName: `console-${connector.VoiceConnectorId}`,
      ResourceAccessRoleArn: "arn:aws:iam::000000000000:role/unused",
      Elements: [{ Type: "VoiceAnalyticsProcessor" }],
    });
  await ask("PUT", `${path}/streaming-configuration`, {
    StreamingConfiguration: {
      DataRetentionInHours: 0, Disabled: false,
      MediaInsightsConfiguration: { Disabled: false, ConfigurationArn: configuration.MediaInsightsPipelineConfigurationArn },
    },
  });
  return connector.VoiceConnectorId;
}
