package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	pipelinestypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

func (s *server) tags(t *testing.T, arn string) string {
	t.Helper()
	var list []string
	for _, tag := range must(s.voice.ListTagsForResource(s.ctx, &sdk.ListTagsForResourceInput{ResourceARN: &arn}))(t).Tags {
		list = append(list, *tag.Key+"="+*tag.Value)
	}
	return strings.Join(list, " ")
}

func TestTagsOfCreationAreListedByARN(t *testing.T) {
	s := serve(t)
	first := []types.Tag{{Key: new("team"), Value: new("support")}, {Key: new("b"), Value: new("")}}
	connector := *must(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{Name: new("SBC 1"), RequireEncryption: new(false), Tags: first}))(t).VoiceConnector.VoiceConnectorArn
	in := domainInput("customers", "")
	in.Tags = first
	domain := *must(s.voice.CreateVoiceProfileDomain(s.ctx, in))(t).VoiceProfileDomain.VoiceProfileDomainArn
	for _, arn := range []string{connector, domain} {
		equal(t, "at creation", s.tags(t, arn), "b= team=support")
		must(s.voice.TagResource(s.ctx, &sdk.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{{Key: new("team"), Value: new("sales é")}, {Key: new("a"), Value: new("1")}}}))(t)
		equal(t, "added to", s.tags(t, arn), "a=1 b= team=sales é")
		must(s.voice.UntagResource(s.ctx, &sdk.UntagResourceInput{ResourceARN: &arn, TagKeys: []string{"b", "never there"}}))(t)
		equal(t, "taken from", s.tags(t, arn), "a=1 team=sales é")
	}
	must(s.voice.TagResource(s.ctx, &sdk.TagResourceInput{ResourceARN: &domain, Tags: []types.Tag{{Key: new("timbre:threshold"), Value: new("0.75")}}}))(t)
	for _, d := range s.domains.byID {
		equal(t, "what a search reads", d.Tags["timbre:threshold"], "0.75")
	}
	equal(t, "none", s.tags(t, "arn:aws:chime:us-east-1:000000000000:vc/"+s.connector(t)), "")
}

func TestPipelineTagsFollowTheirModel(t *testing.T) {
	s := serve(t)
	arn := s.configuration(t, "insights")
	var many []pipelinestypes.Tag
	for i := range 50 {
		many = append(many, pipelinestypes.Tag{Key: new(fmt.Sprint("k", i)), Value: new("v")})
	}
	must(s.pipelines.TagResource(s.ctx, &chimesdkmediapipelines.TagResourceInput{ResourceARN: &arn, Tags: many}))(t)
	equal(t, "number", len(must(s.pipelines.ListTagsForResource(s.ctx, &chimesdkmediapipelines.ListTagsForResourceInput{ResourceARN: &arn}))(t).Tags), 50)
	_, err := s.pipelines.TagResource(s.ctx, &chimesdkmediapipelines.TagResourceInput{ResourceARN: &arn, Tags: []pipelinestypes.Tag{{Key: new("more"), Value: new("v")}}})
	fails[*pipelinestypes.BadRequestException](t, err, "50 tags")
	keys := make([]string, 60) // more than the other model lets by
	for i := range keys {
		keys[i] = fmt.Sprint("k", i)
	}
	must(s.pipelines.UntagResource(s.ctx, &chimesdkmediapipelines.UntagResourceInput{ResourceARN: &arn, TagKeys: keys}))(t)
	equal(t, "after", s.tags(t, arn), "")
	_, err = s.pipelines.ListTagsForResource(s.ctx, &chimesdkmediapipelines.ListTagsForResourceInput{ResourceARN: new(arn + "x")})
	fails[*pipelinestypes.NotFoundException](t, err, "")
}

func TestTagRefusals(t *testing.T) {
	s := serve(t)
	arn := "arn:aws:chime:us-east-1:000000000000:vc/" + s.connector(t)
	add := func(arn, key, value string) error {
		_, err := s.voice.TagResource(s.ctx, &sdk.TagResourceInput{ResourceARN: &arn, Tags: []types.Tag{{Key: &key, Value: &value}}})
		return err
	}
	for i := range 50 {
		if err := add(arn, fmt.Sprint("k", i), "v"); err != nil {
			t.Fatal(err)
		}
	}
	fails[*types.ResourceLimitExceededException](t, add(arn, "one more", "v"), "50 tags")
	if err := add(arn, "k1", "another"); err != nil {
		t.Error(err)
	}
	fails[*types.NotFoundException](t, add(arn+"x", "a", "b"), "does not exist")
	fails[*types.NotFoundException](t, add("arn:aws:chime:us-east-1:000000000000:voice-profile/vp-1", "a", "b"), "does not exist")
	fails[*types.BadRequestException](t, add("no ARN", "a", "b"), "resourceARN")
	fails[*types.BadRequestException](t, add(arn, "", "b"), "'tags.1.member.key'")
	fails[*types.BadRequestException](t, add(arn, "aws:a", "b"), "aws:")
	fails[*types.BadRequestException](t, add(arn, "timbre:threshold", "high"), "a number above 0 and below 1")
	fails[*types.BadRequestException](t, add(arn, "timbre:threshold", "0"), "a number above 0 and below 1")
	fails[*types.BadRequestException](t, add(arn, "timbre:threshold", "1"), "a number above 0 and below 1")
	fails[*types.BadRequestException](t, add(arn, "timbre:treshold", "0.9"), "nearest tag is timbre:threshold.")
	fails[*types.BadRequestException](t, add(arn, "timbre:legs.swap", "perhaps"), "must be true or false.")
	in := domainInput("customers", "")
	in.Tags = []types.Tag{{Key: new("timbre:threshold"), Value: new("1.5")}}
	_, err := s.voice.CreateVoiceProfileDomain(s.ctx, in)
	fails[*types.BadRequestException](t, err, "a number above 0 and below 1")
	_, err = s.voice.UntagResource(s.ctx, &sdk.UntagResourceInput{ResourceARN: new(arn + "x"), TagKeys: []string{"a"}})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.ListTagsForResource(s.ctx, &sdk.ListTagsForResourceInput{ResourceARN: new(arn + "x")})
	fails[*types.NotFoundException](t, err, "")
}

func TestTagsOfEveryCreationAreChecked(t *testing.T) {
	s := serve(t)
	bad, other := []types.Tag{{Key: new("AWS:x"), Value: new("y")}}, []pipelinestypes.Tag{{Key: new("AWS:x"), Value: new("y")}}
	in := domainInput("customers", "")
	in.Tags = bad
	fails[*types.BadRequestException](t, refusal(s.voice.CreateVoiceProfileDomain(s.ctx, in)), "reserved")
	fails[*types.BadRequestException](t, refusal(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{Name: new("a"), RequireEncryption: new(true), Tags: bad})), "reserved")
	fails[*types.BadRequestException](t, refusal(s.voice.CreateSipMediaApplication(s.ctx, &sdk.CreateSipMediaApplicationInput{
		Name: new("IVR"), AwsRegion: new("us-east-1"), Endpoints: []types.SipMediaApplicationEndpoint{{LambdaArn: new(lambda)}}, Tags: bad,
	})), "reserved")
	configuration := insights("insights", analytics())
	configuration.Tags = other
	fails[*pipelinestypes.BadRequestException](t, refusal(s.pipelines.CreateMediaInsightsPipelineConfiguration(s.ctx, configuration)), "reserved")
	fails[*pipelinestypes.BadRequestException](t, refusal(s.pipelines.CreateMediaPipelineKinesisVideoStreamPool(s.ctx, &chimesdkmediapipelines.CreateMediaPipelineKinesisVideoStreamPoolInput{
		PoolName: new("p"), StreamConfiguration: &pipelinestypes.KinesisVideoStreamConfiguration{Region: new("us-east-1")}, Tags: other,
	})), "reserved")
}
