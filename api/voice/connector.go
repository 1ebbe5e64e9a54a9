package voice

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
	"timbre/api/tag"
)

func (s *service) createConnector(ctx context.Context, in *sdk.CreateVoiceConnectorInput) (*sdk.CreateVoiceConnectorOutput, error) {
	id, now := s.connectorID(), s.env.Now()
	c := timbre.Connector{
		ID: id, ARN: s.arn("vc/" + id), Name: *in.Name, Region: string(in.AwsRegion),
		OutboundHost:      id + ".voiceconnector.chime.aws",
		RequireEncryption: *in.RequireEncryption, IntegrationType: string(in.IntegrationType), NetworkType: string(in.NetworkType),
		Tags: tagMap(in.Tags), Created: now, Updated: now,
	}
	if c.Region == "" {
		c.Region = s.env.Region
	}
	if c.NetworkType == "" {
		c.NetworkType = string(types.NetworkTypeIpv4Only)
	}
	if err := tag.Check(c.Tags); err != nil {
		return nil, err
	}
	if err := s.deps.Store.CreateConnector(ctx, c); err != nil {
		return nil, err
	}
	return &sdk.CreateVoiceConnectorOutput{VoiceConnector: new(connector(c))}, nil
}

func (s *service) getConnector(ctx context.Context, in *sdk.GetVoiceConnectorInput) (*sdk.GetVoiceConnectorOutput, error) {
	c, err := s.deps.Store.Connector(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceConnectorOutput{VoiceConnector: new(connector(c))}, nil
}

func (s *service) updateConnector(ctx context.Context, in *sdk.UpdateVoiceConnectorInput) (*sdk.UpdateVoiceConnectorOutput, error) {
	c, err := s.deps.Store.UpdateConnector(ctx, *in.VoiceConnectorId, func(c *timbre.Connector) {
		c.Name, c.RequireEncryption, c.Updated = *in.Name, *in.RequireEncryption, s.env.Now()
	})
	if err != nil {
		return nil, err
	}
	return &sdk.UpdateVoiceConnectorOutput{VoiceConnector: new(connector(c))}, nil
}

func (s *service) listConnectors(ctx context.Context, in *sdk.ListVoiceConnectorsInput) (*sdk.ListVoiceConnectorsOutput, error) {
	list, next, err := rest.Paged(ctx, "connectors", in.NextToken, in.MaxResults, s.deps.Store.ListConnectors,
		func(c timbre.Connector) string { return c.ID })
	if err != nil {
		return nil, err
	}
	out := &sdk.ListVoiceConnectorsOutput{VoiceConnectors: []types.VoiceConnector{}, NextToken: next}
	for _, c := range list {
		out.VoiceConnectors = append(out.VoiceConnectors, connector(c))
	}
	return out, nil
}

func (s *service) deleteConnector(ctx context.Context, in *sdk.DeleteVoiceConnectorInput) (*sdk.DeleteVoiceConnectorOutput, error) {
	err := s.deps.Calls.Free(ctx, func() error { return s.deps.Store.DeleteConnector(ctx, *in.VoiceConnectorId) })
	if err == nil && s.deps.Logs != nil {
		s.deps.Logs.Forget(*in.VoiceConnectorId)
	}
	return &sdk.DeleteVoiceConnectorOutput{}, err
}

func connector(c timbre.Connector) types.VoiceConnector {
	return types.VoiceConnector{
		VoiceConnectorId: &c.ID, VoiceConnectorArn: &c.ARN, Name: &c.Name, OutboundHostName: &c.OutboundHost,
		AwsRegion: types.VoiceConnectorAwsRegion(c.Region), RequireEncryption: &c.RequireEncryption,
		IntegrationType: types.VoiceConnectorIntegrationType(c.IntegrationType), NetworkType: types.NetworkType(c.NetworkType),
		CreatedTimestamp: &c.Created, UpdatedTimestamp: &c.Updated,
	}
}
