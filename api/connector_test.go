package api_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

const unknown = "abcdefghijklmnopqrstu" // an id in the right form, of no connector

func TestConnectorIsUpdated(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	before := s.connectors.byID[id]
	up := must(s.voice.UpdateVoiceConnector(s.ctx, &sdk.UpdateVoiceConnectorInput{VoiceConnectorId: &id, Name: new("SBC 2"), RequireEncryption: new(true)}))(t).VoiceConnector
	got := must(s.voice.GetVoiceConnector(s.ctx, &sdk.GetVoiceConnectorInput{VoiceConnectorId: &id}))(t).VoiceConnector
	for _, c := range []*types.VoiceConnector{up, got} {
		equal(t, "name", *c.Name, "SBC 2")
		equal(t, "encryption", *c.RequireEncryption, true)
		equal(t, "host", *c.OutboundHostName, before.OutboundHost)
	}
	_, err := s.voice.UpdateVoiceConnector(s.ctx, &sdk.UpdateVoiceConnectorInput{VoiceConnectorId: new(unknown), Name: new("x"), RequireEncryption: new(true)})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.UpdateVoiceConnector(s.ctx, &sdk.UpdateVoiceConnectorInput{VoiceConnectorId: &id, Name: new(strings.Repeat("x", 257)), RequireEncryption: new(true)})
	fails[*types.BadRequestException](t, err, "'name'")
}

func TestOriginationIsReturnedAsPut(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	get := func() (*sdk.GetVoiceConnectorOriginationOutput, error) {
		return s.voice.GetVoiceConnectorOrigination(s.ctx, &sdk.GetVoiceConnectorOriginationInput{VoiceConnectorId: &id})
	}
	put := func(id string, o *types.Origination) (*sdk.PutVoiceConnectorOriginationOutput, error) {
		return s.voice.PutVoiceConnectorOrigination(s.ctx, &sdk.PutVoiceConnectorOriginationInput{VoiceConnectorId: &id, Origination: o})
	}
	_, err := get()
	fails[*types.NotFoundException](t, err, "")
	doc := &types.Origination{Disabled: new(false), Routes: []types.OriginationRoute{
		{Host: new("200.100.12.1"), Port: new(int32(5060)), Protocol: "TCP", Priority: new(int32(1)), Weight: new(int32(1))},
		{Host: new("sbc_1.example.com"), Port: new(int32(5081)), Protocol: "UDP", Priority: new(int32(100)), Weight: new(int32(5))},
		{Host: new("2001:db8::5"), Port: new(int32(5060))},
	}}
	equal(t, "put", json(must(put(id, doc))(t).Origination), json(doc))
	equal(t, "got", json(must(get())(t).Origination), json(doc))
	plain := must(put(id, &types.Origination{Routes: []types.OriginationRoute{{Host: new("pbx")}}}))(t).Origination
	equal(t, "port", *plain.Routes[0].Port, 5060)
	equal(t, "disabled", *plain.Disabled, false)
	must(put(id, &types.Origination{Disabled: new(true)}))(t)

	one := func(r types.OriginationRoute) *types.Origination {
		return &types.Origination{Routes: []types.OriginationRoute{{Host: new("a")}, r}}
	}
	for want, bad := range map[string]*types.Origination{
		"must contain Routes or Disabled.":                                           {},
		"'origination.routes' failed to satisfy constraint: Member must have length": {Routes: make([]types.OriginationRoute, 21)},
		"Value null at 'origination.routes.2.member.host'":                           one(types.OriginationRoute{}),
		"'origination.routes.2.member.host' failed":                                  one(types.OriginationRoute{Host: new("a b")}),
		"routes.2.member.port":                                                       one(types.OriginationRoute{Host: new("a"), Port: new(int32(65536))}),
		"routes.2.member.weight":                                                     one(types.OriginationRoute{Host: new("a"), Weight: new(int32(0))}),
		"routes.2.member.protocol":                                                   one(types.OriginationRoute{Host: new("a"), Protocol: "SCTP"}),
	} {
		_, err := put(id, bad)
		fails[*types.BadRequestException](t, err, want)
	}
	equal(t, "kept", s.originations.byID[id].Disabled, true)
	_, err = put(unknown, doc)
	fails[*types.NotFoundException](t, err, "")
	must(s.voice.DeleteVoiceConnectorOrigination(s.ctx, &sdk.DeleteVoiceConnectorOriginationInput{VoiceConnectorId: &id}))(t)
	_, err = s.voice.DeleteVoiceConnectorOrigination(s.ctx, &sdk.DeleteVoiceConnectorOriginationInput{VoiceConnectorId: &id})
	fails[*types.NotFoundException](t, err, "")
}

func TestLoggingIsOffUntilItIsPut(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	get := func(id string) (*sdk.GetVoiceConnectorLoggingConfigurationOutput, error) {
		return s.voice.GetVoiceConnectorLoggingConfiguration(s.ctx, &sdk.GetVoiceConnectorLoggingConfigurationInput{VoiceConnectorId: &id})
	}
	equal(t, "at first", json(must(get(id))(t).LoggingConfiguration), json(&types.LoggingConfiguration{EnableSIPLogs: new(false), EnableMediaMetricLogs: new(false)}))
	for _, doc := range []*types.LoggingConfiguration{
		{EnableSIPLogs: new(true), EnableMediaMetricLogs: new(false)}, {EnableSIPLogs: new(false), EnableMediaMetricLogs: new(true)},
	} {
		put := must(s.voice.PutVoiceConnectorLoggingConfiguration(s.ctx, &sdk.PutVoiceConnectorLoggingConfigurationInput{VoiceConnectorId: &id, LoggingConfiguration: doc}))(t)
		equal(t, "put", json(put.LoggingConfiguration), json(doc))
		equal(t, "got", json(must(get(id))(t).LoggingConfiguration), json(doc))
	}
	_, err := get(unknown)
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.PutVoiceConnectorLoggingConfiguration(s.ctx, &sdk.PutVoiceConnectorLoggingConfigurationInput{VoiceConnectorId: new(unknown), LoggingConfiguration: &types.LoggingConfiguration{}})
	fails[*types.NotFoundException](t, err, "")
}

func TestLogsGoWithTheirConnectorAlone(t *testing.T) {
	s := serve(t)
	gone, used := s.connector(t), s.connector(t)
	s.group(t, used)
	for _, c := range []struct {
		connector string
		deleted   bool
	}{{unknown, false}, {used, false}, {gone, true}, {gone, false}} {
		_, err := s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &c.connector})
		equal(t, "deleted", err == nil, c.deleted)
	}
	equal(t, "connectors without logs now", fmt.Sprint(*s.logs), fmt.Sprint([]string{gone}))
}

func TestCredentialsAreStoredAsDigestsAndListedByName(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	put := func(id string, list ...types.Credential) error {
		_, err := s.voice.PutVoiceConnectorTerminationCredentials(s.ctx, &sdk.PutVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: &id, Credentials: list})
		return err
	}
	names := func() string {
		return fmt.Sprint(must(s.voice.ListVoiceConnectorTerminationCredentials(s.ctx, &sdk.ListVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: &id}))(t).Usernames)
	}
	equal(t, "at first", names(), "[]")
	if err := put(id, types.Credential{Username: new("bob"), Password: new("pass word")}, types.Credential{Username: new("ann"), Password: new("second")}); err != nil {
		t.Fatal(err)
	}
	equal(t, "names", names(), "[ann bob]")
	a1 := []byte("bob:" + id + ".voiceconnector.chime.aws:pass word")
	old, sum := md5.Sum(a1), sha256.Sum256(a1)
	equal(t, "kept", s.credentials[id]["bob"], timbre.Credential{
		Username: "bob", Realm: id + ".voiceconnector.chime.aws",
		MD5: hex.EncodeToString(old[:]), SHA256: hex.EncodeToString(sum[:]),
	})
	if strings.Contains(s.log.String(), "pass word") {
		t.Error("got a password in the log")
	}

	for want, bad := range map[string]types.Credential{
		"Value null at 'credentials.1.member.password'": {Username: new("x")},
		"Value null at 'credentials.1.member.username'": {Password: new("x")},
		"'credentials.1.member.password' failed":        {Username: new("x"), Password: new("é")},
		"not contain a colon":                           {Username: new("x:y"), Password: new("x")},
		"'credentials.1.member.username' failed":        {Username: new(""), Password: new("x")},
		"6 characters":                                  {Username: new("x"), Password: new("1")},
		"not the same ones":                             {Username: new("x"), Password: new("aaaaaaaaaaaa")},
		"if it has digits alone":                        {Username: new("x"), Password: new("12345678")},
		"differ from the user name":                     {Username: new("annabel"), Password: new("Annabel")},
	} {
		fails[*types.BadRequestException](t, put(id, bad), want)
	}
	fails[*types.NotFoundException](t, put(unknown, types.Credential{Username: new("x"), Password: new("x")}), "")

	must(s.voice.DeleteVoiceConnectorTerminationCredentials(s.ctx, &sdk.DeleteVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: &id, Usernames: []string{"bob", "unknown"}}))(t)
	equal(t, "names", names(), "[ann]")
	_, err := s.voice.DeleteVoiceConnectorTerminationCredentials(s.ctx, &sdk.DeleteVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: new(unknown), Usernames: []string{"bob"}})
	fails[*types.NotFoundException](t, err, "")
	_, err = s.voice.ListVoiceConnectorTerminationCredentials(s.ctx, &sdk.ListVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: new(unknown)})
	fails[*types.NotFoundException](t, err, "")
}

func TestHealthReturnsTheLastPing(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	get := func(id string) (*sdk.GetVoiceConnectorTerminationHealthOutput, error) {
		return s.voice.GetVoiceConnectorTerminationHealth(s.ctx, &sdk.GetVoiceConnectorTerminationHealthInput{VoiceConnectorId: &id})
	}
	equal(t, "before any", json(must(get(id))(t).TerminationHealth), json(&types.TerminationHealth{}))
	s.ping = &timbre.Ping{At: now, Source: "192.0.2.7"}
	h := must(get(id))(t).TerminationHealth
	equal(t, "time", *h.Timestamp, now)
	equal(t, "source", *h.Source, "192.0.2.7")
	_, err := get(unknown)
	fails[*types.NotFoundException](t, err, "")
}

func TestRegionsAreThoseOfConnectors(t *testing.T) {
	s := serve(t)
	list := must(s.voice.ListAvailableVoiceConnectorRegions(s.ctx, &sdk.ListAvailableVoiceConnectorRegionsInput{}))(t).VoiceConnectorRegions
	if want := types.VoiceConnectorAwsRegion("").Values(); !reflect.DeepEqual(list, want) || len(list) != 10 {
		t.Errorf("%v, want %v", list, want)
	}
	for _, r := range list {
		must(s.voice.CreateVoiceConnector(s.ctx, &sdk.CreateVoiceConnectorInput{Name: new("in " + string(r)), RequireEncryption: new(false), AwsRegion: r}))(t)
	}
}

// What a crash has left is not in the way of a deletion while it is being ended.
func TestWhatACrashHasCutDoesNotRefuseADeletion(t *testing.T) {
	s := serve(t)
	connector, configuration := s.connector(t), s.configuration(t, "insights")
	s.crashed = true
	must(s.voice.DeleteVoiceConnector(s.ctx, &sdk.DeleteVoiceConnectorInput{VoiceConnectorId: &connector}))(t)
	s.crashed = true
	must(s.pipelines.DeleteMediaInsightsPipelineConfiguration(s.ctx, &chimesdkmediapipelines.DeleteMediaInsightsPipelineConfigurationInput{Identifier: &configuration}))(t)
}

func TestAConnectorWithRoutesIsNoOpenRelay(t *testing.T) {
	s := serve(t)
	id := s.connector(t)
	allow := func(network string) error {
		_, err := s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: &types.Termination{CidrAllowedList: []string{"10.0.0.0/8", network}}})
		return err
	}
	lead := func() error {
		_, err := s.voice.PutVoiceConnectorOrigination(s.ctx, &sdk.PutVoiceConnectorOriginationInput{VoiceConnectorId: &id, Origination: &types.Origination{Routes: []types.OriginationRoute{{Host: new("192.0.2.1"), Protocol: "UDP"}}}})
		return err
	}
	if err := allow("0.0.0.0/0"); err != nil { // it records
		t.Fatal(err)
	}
	fails[*types.BadRequestException](t, lead(), "calls of strangers")
	if err := allow("203.0.113.0/27"); err != nil {
		t.Fatal(err)
	}
	if err := lead(); err != nil {
		t.Fatal(err)
	}
	for _, wide := range []string{"0.0.0.0/0", "0.0.0.0/1", "::/0", "203.0.113.0/26"} {
		fails[*types.BadRequestException](t, allow(wide), "calls of strangers")
	}
}

// An older version took what makes an open relay. Nothing that ends it is refused.
func TestOpenRelayCanBeClosed(t *testing.T) {
	for name, step := range map[string]func(s *server, id string) error{
		"routes disabled": func(s *server, id string) error {
			_, err := s.voice.PutVoiceConnectorOrigination(s.ctx, &sdk.PutVoiceConnectorOriginationInput{VoiceConnectorId: &id, Origination: &types.Origination{Disabled: new(true)}})
			return err
		},
		"no hosts allowed": func(s *server, id string) error {
			_, err := s.voice.PutVoiceConnectorTermination(s.ctx, &sdk.PutVoiceConnectorTerminationInput{VoiceConnectorId: &id, Termination: &types.Termination{Disabled: new(true)}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			id := s.connector(t)
			s.terminations.put(id, timbre.Termination{CIDRs: []string{"0.0.0.0/0"}})
			s.originations.put(id, timbre.Origination{Routes: []timbre.Route{{Host: "192.0.2.1", Protocol: "UDP"}}})
			if err := step(s, id); err != nil {
				t.Errorf("got %v, want no error", err)
			}
		})
	}
}
