package test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/aws/smithy-go"

	"timbre/api/rest"
	"timbre/config"
)

// as is a client that signs with a key of its own.
func as(endpoint, id, token string) *voice.Client {
	return voice.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + endpoint), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, token),
	})
}

func refusedAs(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != code {
		t.Errorf("%s: got error %v, want %s", what, err, code)
	}
}

func TestCredentialsFileLimitsActions(t *testing.T) {
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "credentials"), []byte("[reader]\naws_access_key_id = AKIDREADER\naws_secret_access_key = "+secret+
		"\ntimbre_actions = chime:Get*, chime:List*\n\n[guest]\naws_access_key_id = AKIDGUEST\naws_secret_access_key = "+secret+
		"\naws_session_token = for today\n"), 0o600))
	n := start(t, settings(t, folder, newReceiver(t)))
	list := func(c *voice.Client) error {
		_, err := c.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{})
		return err
	}
	must(t, list(as(n.API, "AKIDREADER", "")))
	must(t, list(as(n.API, "AKIDGUEST", "for today")))
	refusedAs(t, "no token", list(as(n.API, "AKIDGUEST", "")), "InvalidClientTokenId")
	refusedAs(t, "another token", list(as(n.API, "AKIDGUEST", "for tomorrow")), "InvalidSignatureException")

	create := &voice.CreateVoiceConnectorInput{Name: aws.String("a"), RequireEncryption: aws.Bool(true)}
	_, err := as(n.API, "AKIDREADER", "").CreateVoiceConnector(t.Context(), create)
	var denied *types.AccessDeniedException
	if !errors.As(err, &denied) || *denied.Message != "User: arn:aws:iam::000000000000:user/reader is not authorized to perform: chime:CreateVoiceConnector on resource: arn:aws:chime:us-east-1:000000000000:vc/*" {
		t.Errorf("got error %v, want AccessDeniedException with AWS's message", err)
	}
	_, err = as(n.API, keyID, "").CreateVoiceConnector(t.Context(), create)
	must(t, err)
}

func TestQuotasOfANewAWSAccount(t *testing.T) {
	s := settings(t, t.TempDir(), newReceiver(t))
	s.Quotas = "aws"
	n := start(t, s)
	c := as(n.API, keyID, "")
	domain := func() error {
		_, err := c.CreateVoiceProfileDomain(t.Context(), &voice.CreateVoiceProfileDomainInput{
			Name:                              aws.String("d"),
			ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{KmsKeyArn: aws.String("arn:aws:kms:us-east-1:000000000000:key/local")},
		})
		return err
	}
	connector := func() error {
		_, err := c.CreateVoiceConnector(t.Context(), &voice.CreateVoiceConnectorInput{Name: aws.String("a"), RequireEncryption: aws.Bool(true)})
		return err
	}
	group := func() error {
		_, err := c.CreateVoiceConnectorGroup(t.Context(), &voice.CreateVoiceConnectorGroupInput{Name: aws.String("g")})
		return err
	}
	for range 3 {
		must(t, domain())
		must(t, connector())
		must(t, group())
	}
	var over *types.ResourceLimitExceededException
	for what, err := range map[string]error{"domain": domain(), "connector": connector(), "group": group()} {
		if !errors.As(err, &over) {
			t.Errorf("fourth %s: got error %v, want ResourceLimitExceededException", what, err)
		}
	}
}

func TestPageTokenSurvivesRestart(t *testing.T) {
	s := settings(t, t.TempDir(), newReceiver(t))
	var token *string
	t.Run("before", func(t *testing.T) {
		c := as(start(t, s).API, keyID, "")
		for range 3 {
			_, err := c.CreateVoiceConnector(t.Context(), &voice.CreateVoiceConnectorInput{Name: aws.String("a"), RequireEncryption: aws.Bool(true)})
			must(t, err)
		}
		page, err := c.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{MaxResults: aws.Int32(2)})
		must(t, err)
		token = page.NextToken
	})
	t.Run("after", func(t *testing.T) {
		c := as(start(t, s).API, keyID, "")
		page, err := c.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{NextToken: token})
		must(t, err)
		if len(page.VoiceConnectors) != 1 || page.NextToken != nil {
			t.Errorf("got %d connectors and token %v, want 1 and none", len(page.VoiceConnectors), page.NextToken)
		}
		_, err = c.ListVoiceProfileDomains(t.Context(), &voice.ListVoiceProfileDomainsInput{NextToken: token})
		refusedAs(t, "the token of another list", err, "BadRequestException")
	})
}

func TestBoto3RetriesThrottledRequests(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	s := settings(t, t.TempDir(), newReceiver(t))
	s.Rate = map[string]int{"connectors": 5}
	n := start(t, s)
	var retries struct{ Legacy, Standard int }
	must(t, json.Unmarshal(python(ctx, t, "throttled.py", "http://"+n.API), &retries))
	if retries.Legacy == 0 || retries.Standard == 0 {
		t.Errorf("got retries %+v, want some in both modes", retries)
	}
}

func TestSettingsAndAPIShareRateClasses(t *testing.T) {
	if got, want := config.RateClasses(), rest.Classes(); !slices.Equal(got, want) {
		t.Errorf("got settings %v, want the API's %v", got, want)
	}
}
