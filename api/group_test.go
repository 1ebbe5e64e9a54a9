package api_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

func (s *server) group(t testing.TB, connectors ...string) string {
	t.Helper()
	in := &sdk.CreateVoiceConnectorGroupInput{Name: new("Offices")}
	for _, id := range connectors {
		in.VoiceConnectorItems = append(in.VoiceConnectorItems, types.VoiceConnectorItem{VoiceConnectorId: new(id), Priority: new(int32(1))})
	}
	return *must(s.voice.CreateVoiceConnectorGroup(s.ctx, in))(t).VoiceConnectorGroup.VoiceConnectorGroupId
}

func TestGroupLifeCycle(t *testing.T) {
	s := serve(t)
	first, second := s.connector(t), s.connector(t)
	id := s.group(t, first)
	got := must(s.voice.GetVoiceConnectorGroup(s.ctx, &sdk.GetVoiceConnectorGroupInput{VoiceConnectorGroupId: &id}))(t).VoiceConnectorGroup
	equal(t, "ARN", *got.VoiceConnectorGroupArn, "arn:aws:chime:us-east-1:000000000000:vcg/"+id)
	equal(t, "name", *got.Name, "Offices")
	equal(t, "member", *got.VoiceConnectorItems[0].VoiceConnectorId, first)
	equal(t, "priority", *got.VoiceConnectorItems[0].Priority, 1)
	equal(t, "created", *got.CreatedTimestamp, now)

	_, err := s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &first})
	fails[*types.ConflictException](t, err, "in use")
	must(s.voice.UpdateVoiceConnectorGroup(s.ctx, &sdk.UpdateVoiceConnectorGroupInput{
		VoiceConnectorGroupId: &id, Name: new("All"), VoiceConnectorItems: []types.VoiceConnectorItem{{VoiceConnectorId: &second, Priority: new(int32(99))}},
	}))(t)
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &first}))(t)
	_, err = s.voice.DeleteVoiceConnectorGroup(s.ctx, &sdk.DeleteVoiceConnectorGroupInput{VoiceConnectorGroupId: &id})
	fails[*types.ConflictException](t, err, "voice connectors")
	got = must(s.voice.UpdateVoiceConnectorGroup(s.ctx, &sdk.UpdateVoiceConnectorGroupInput{
		VoiceConnectorGroupId: &id, Name: new("None"), VoiceConnectorItems: []types.VoiceConnectorItem{},
	}))(t).VoiceConnectorGroup
	equal(t, "name", *got.Name, "None")
	equal(t, "members", len(got.VoiceConnectorItems), 0)
	must(s.voice.DeleteVoiceConnectorGroup(s.ctx, &sdk.DeleteVoiceConnectorGroupInput{VoiceConnectorGroupId: &id}))(t)
	_, err = s.voice.GetVoiceConnectorGroup(s.ctx, &sdk.GetVoiceConnectorGroupInput{VoiceConnectorGroupId: &id})
	fails[*types.NotFoundException](t, err, "group")
	_, err = s.voice.UpdateVoiceConnectorGroup(s.ctx, &sdk.UpdateVoiceConnectorGroupInput{VoiceConnectorGroupId: &id, Name: new("x"), VoiceConnectorItems: []types.VoiceConnectorItem{}})
	fails[*types.NotFoundException](t, err, "group")
	_, err = s.voice.DeleteVoiceConnectorGroup(s.ctx, &sdk.DeleteVoiceConnectorGroupInput{VoiceConnectorGroupId: &id})
	fails[*types.NotFoundException](t, err, "group")
}

func TestGroupWithUnknownConnectorIsRefused(t *testing.T) {
	s := serve(t)
	_, err := s.voice.CreateVoiceConnectorGroup(s.ctx, &sdk.CreateVoiceConnectorGroupInput{
		Name: new("x"), VoiceConnectorItems: []types.VoiceConnectorItem{{VoiceConnectorId: new("abcdefghijklmnopqrstu"), Priority: new(int32(1))}},
	})
	if err == nil || !strings.Contains(err.Error(), "NotFoundException") { // this SDK has no type for it there
		t.Error(err)
	}
	equal(t, "groups", len(must(s.voice.ListVoiceConnectorGroups(s.ctx, &sdk.ListVoiceConnectorGroupsInput{}))(t).VoiceConnectorGroups), 0)
}

func TestGroupStoresCallDistribution(t *testing.T) {
	s := serve(t)
	made := s.do(t, "POST", "/voice-connector-groups", `{"Name":"x","CallDistributionType":"LoadBalancedDistribution"}`)
	equal(t, "status", made.Status, 201)
	list := s.do(t, "GET", "/voice-connector-groups", "")
	equal(t, "list", list.Body, `{"VoiceConnectorGroups":[`+made.Body[len(`{"VoiceConnectorGroup":`):len(made.Body)-1]+`]}`)
}

func TestGroupsArePaged(t *testing.T) {
	s := serve(t)
	var made, got []string
	for range 5 {
		made = append(made, s.group(t))
	}
	for pages := sdk.NewListVoiceConnectorGroupsPaginator(s.voice, &sdk.ListVoiceConnectorGroupsInput{MaxResults: new(int32(2))}); pages.HasMorePages(); {
		for _, g := range must(pages.NextPage(s.ctx))(t).VoiceConnectorGroups {
			got = append(got, *g.VoiceConnectorGroupId)
		}
	}
	equal(t, "groups", fmt.Sprint(got), fmt.Sprint(made))
}
