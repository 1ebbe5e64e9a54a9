package conformance

import (
	"context"
	"fmt"
)

// paged is a paginated list.
type paged struct {
	list, items, id string // the operation, and the paths of its items and their ids
	make            func(i int) (operation string, with map[string]any, id string, undo string, undoAs string)
}

const (
	created = 5 // items of each list
	foreign = "bm90IG9uZSBvZiB0aGlz"
)

// pagination checks that every item of a list is returned once, however small the pages are.
func pagination(ctx context.Context, s *session) {
	for _, p := range s.lists() {
		s.checkOperation(ctx, p.list+": every item is listed once in pages of two, also while items are added", p.list, func(ctx context.Context) error { return s.onceEach(ctx, p) })
		s.checkOperation(ctx, p.list+": an unknown token is refused", p.list, func(ctx context.Context) error {
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
			return skip("the list of connectors has one page only")
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
				return "voice.CreateVoiceProfileDomain", map[string]any{"Name": fmt.Sprintf("page-%d-%s", i, s.run), "ServerSideEncryptionConfiguration": map[string]any{"KmsKeyArn": s.variables["key"]}},
					"VoiceProfileDomain.VoiceProfileDomainId", "voice.DeleteVoiceProfileDomain", "VoiceProfileDomainId"
			},
		},
		{
			list: "media.ListMediaInsightsPipelineConfigurations", items: "MediaInsightsPipelineConfigurations", id: "MediaInsightsPipelineConfigurationId",
			make: func(i int) (string, map[string]any, string, string, string) {
				return "media.CreateMediaInsightsPipelineConfiguration", map[string]any{
						"MediaInsightsPipelineConfigurationName": fmt.Sprintf("page-%d-%s", i, s.run),
						"ResourceAccessRoleArn":                  s.variables["role"], "Elements": []any{map[string]any{"Type": "VoiceAnalyticsProcessor"}},
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

// add creates the i-th item of a list.
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

// onceEach reads a list in pages of two while an item is added.
func (s *session) onceEach(ctx context.Context, p paged) error {
	seen := map[any]int{}
	for i := range created {
		id, err := s.add(ctx, p, i)
		if err != nil {
			return err
		}
		seen[id] = 0
	}
	token, err := s.page(ctx, p, nil, seen)
	if err != nil {
		return err
	}
	if _, err := s.add(ctx, p, created); err != nil { // while the pages are being read
		return err
	}
	for token != nil {
		if token, err = s.page(ctx, p, token, seen); err != nil {
			return err
		}
	}
	for id, n := range seen {
		if n != 1 {
			return fmt.Errorf("got %v %d times, want once", id, n)
		}
	}
	return nil
}

// page reads a page of two items, counts them in seen, and returns the token of the next page, or nil.
func (s *session) page(ctx context.Context, p paged, token any, seen map[any]int) (next any, err error) {
	with := map[string]any{"MaxResults": 2}
	if token != nil {
		with["NextToken"] = token
	}
	got, err := s.call(ctx, p.list, with)
	if err != nil {
		return nil, err
	}
	if n, _ := find(got, p.items+".#").(float64); n > 2 {
		return nil, fmt.Errorf("got %v items in a page of two", n)
	}
	for _, id := range findAll(got, p.items+".*."+p.id) {
		seen[id]++
	}
	return find(got, "NextToken"), nil
}
