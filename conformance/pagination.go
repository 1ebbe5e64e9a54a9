package conformance

import (
	"context"
	"fmt"
)

// paged is a list that comes in pages.
type paged struct {
	list, items, id string // the operation, and where its items and their ids are
	make            func(i int) (operation string, with map[string]any, id string, undo string, undoAs string)
}

const (
	made    = 5 // items of each list
	foreign = "bm90IG9uZSBvZiB0aGlz"
)

// pagination is that every item of a list comes once, however small the pages are.
func pagination(ctx context.Context, s *session) {
	for _, p := range s.lists() {
		s.checkOperation(ctx, p.list+": every item comes once in pages of two, also while others are added", p.list, func(ctx context.Context) error { return s.onceEach(ctx, p) })
		s.checkOperation(ctx, p.list+": a token that it never gave is refused", p.list, func(ctx context.Context) error {
			_, err := s.call(ctx, p.list, map[string]any{"NextToken": foreign})
			return wants("BadRequestException", err)
		})
	}
	s.check(ctx, "a token of one list is refused by another", func(ctx context.Context) error {
		got, err := s.call(ctx, "voice.ListVoiceConnectors", map[string]any{"MaxResults": 1})
		if err != nil {
			return err
		}
		token := find(got, "NextToken")
		if token == nil {
			return skip("the list of connectors has one page")
		}
		_, err = s.call(ctx, "voice.ListVoiceProfileDomains", map[string]any{"NextToken": token})
		return wants("BadRequestException", err)
	})
}

func (s *session) lists() []paged {
	return []paged{
		{
			list: "voice.ListVoiceConnectors", items: "VoiceConnectors", id: "VoiceConnectorId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "voice.CreateVoiceConnector", map[string]any{"Name": fmt.Sprintf("page-%d-%s", i, s.run), "RequireEncryption": false},
					"VoiceConnector.VoiceConnectorId", "voice.DeleteVoiceConnector", "VoiceConnectorId"
			},
		},
		{
			list: "voice.ListVoiceProfileDomains", items: "VoiceProfileDomains", id: "VoiceProfileDomainId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "voice.CreateVoiceProfileDomain", map[string]any{"Name": fmt.Sprintf("page-%d-%s", i, s.run), "ServerSideEncryptionConfiguration": map[string]any{"KmsKeyArn": s.known["key"]}},
					"VoiceProfileDomain.VoiceProfileDomainId", "voice.DeleteVoiceProfileDomain", "VoiceProfileDomainId"
			},
		},
		{
			list: "media.ListMediaInsightsPipelineConfigurations", items: "MediaInsightsPipelineConfigurations", id: "MediaInsightsPipelineConfigurationId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "media.CreateMediaInsightsPipelineConfiguration", map[string]any{
						"MediaInsightsPipelineConfigurationName": fmt.Sprintf("page-%d-%s", i, s.run),
						"ResourceAccessRoleArn":                  s.known["role"], "Elements": []any{map[string]any{"Type": "VoiceAnalyticsProcessor"}},
					},
					"MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationId", "media.DeleteMediaInsightsPipelineConfiguration", "Identifier"
			},
		},
		{
			list: "voice.ListVoiceConnectorGroups", items: "VoiceConnectorGroups", id: "VoiceConnectorGroupId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "voice.CreateVoiceConnectorGroup", map[string]any{"Name": fmt.Sprintf("page-%d-%s", i, s.run)},
					"VoiceConnectorGroup.VoiceConnectorGroupId", "voice.DeleteVoiceConnectorGroup", "VoiceConnectorGroupId"
			},
		},
		{
			list: "voice.ListSipMediaApplications", items: "SipMediaApplications", id: "SipMediaApplicationId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "voice.CreateSipMediaApplication", map[string]any{
						"Name": fmt.Sprintf("page-%d-%s", i, s.run), "AwsRegion": s.cfg.Region,
						"Endpoints": []any{map[string]any{"LambdaArn": "arn:aws:lambda:" + s.cfg.Region + ":000000000000:function:none"}},
					},
					"SipMediaApplication.SipMediaApplicationId", "voice.DeleteSipMediaApplication", "SipMediaApplicationId"
			},
		},
		{
			list: "media.ListMediaPipelineKinesisVideoStreamPools", items: "KinesisVideoStreamPools", id: "PoolId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "media.CreateMediaPipelineKinesisVideoStreamPool", map[string]any{
						"PoolName":            fmt.Sprintf("page-%d-%s", i, s.run),
						"StreamConfiguration": map[string]any{"Region": s.cfg.Region},
					},
					"KinesisVideoStreamPoolConfiguration.PoolId", "media.DeleteMediaPipelineKinesisVideoStreamPool", "Identifier"
			},
		},
	}
}

// add makes the i-th item of a list.
func (s *session) add(ctx context.Context, p paged, i int) (any, error) {
	operation, with, path, undo, as := p.make(i)
	got, err := s.call(ctx, operation, with)
	if err != nil {
		return nil, err
	}
	id := find(got, path)
	s.later(undo, map[string]any{as: id})
	return id, nil
}

func (s *session) onceEach(ctx context.Context, p paged) error {
	seen := map[any]int{}
	for i := range made {
		id, err := s.add(ctx, p, i)
		if err != nil {
			return err
		}
		seen[id] = 0
	}
	with := map[string]any{"MaxResults": 2}
	for page := 0; ; page++ {
		got, err := s.call(ctx, p.list, with)
		if err != nil {
			return err
		}
		if n, _ := find(got, p.items+".#").(float64); n > 2 {
			return fmt.Errorf("a page of two holds %v", n)
		}
		for _, id := range findAll(got, p.items+".*."+p.id) {
			seen[id]++
		}
		if page == 0 { // inserted while the pages are read
			if _, err := s.add(ctx, p, made); err != nil {
				return err
			}
		}
		token := find(got, "NextToken")
		if token == nil {
			break
		}
		with["NextToken"] = token
	}
	for id, n := range seen {
		if n != 1 {
			return fmt.Errorf("%v came %d times", id, n)
		}
	}
	return nil
}
