package voice

import (
	"context"
	"crypto/md5" //nolint:gosec // RFC 7616 has it, and most telephones know no other
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/api/rest"
)

// maxSecret is the maximum length of a username or a password.
const maxSecret = 256

// putCredentials adds users or replaces their passwords. Passwords are digested here and not stored.
func (s *service) putCredentials(ctx context.Context, in *sdk.PutVoiceConnectorTerminationCredentialsInput) (*sdk.PutVoiceConnectorTerminationCredentialsOutput, error) {
	c, err := s.deps.Store.Connector(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	var list []timbre.Credential
	for i, one := range in.Credentials {
		at := "credentials." + strconv.Itoa(i+1) + ".member."
		for name, value := range map[string]*string{"username": one.Username, "password": one.Password} {
			switch {
			case value == nil:
				return nil, rest.Missing(at + name)
			case *value == "" || len(*value) > maxSecret || strings.ContainsFunc(*value, func(r rune) bool { return r < ' ' || r > '~' }):
				return nil, rest.Invalid(at+name, "be 1 to %d printable US-ASCII characters", maxSecret)
			}
		}
		if strings.Contains(*one.Username, ":") {
			return nil, rest.Invalid(at+"username", "not contain a colon")
		}
		if err := checkPassword(at+"password", *one.Username, *one.Password); err != nil {
			return nil, err
		}
		list = append(list, credential(*one.Username, c.OutboundHost, *one.Password))
	}
	return &sdk.PutVoiceConnectorTerminationCredentialsOutput{}, s.deps.Store.PutCredentials(ctx, c.ID, list)
}

// credential digests a password: the A1 of RFC 7616.
func credential(username, realm, password string) timbre.Credential {
	a1 := []byte(username + ":" + realm + ":" + password)
	old, sum := md5.Sum(a1), sha256.Sum256(a1) //nolint:gosec // see the import
	return timbre.Credential{Username: username, Realm: realm, MD5: hex.EncodeToString(old[:]), SHA256: hex.EncodeToString(sum[:])}
}

func (s *service) listCredentials(ctx context.Context, in *sdk.ListVoiceConnectorTerminationCredentialsInput) (*sdk.ListVoiceConnectorTerminationCredentialsOutput, error) {
	names, err := s.deps.Store.Usernames(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.ListVoiceConnectorTerminationCredentialsOutput{Usernames: append([]string{}, names...)}, nil
}

func (s *service) deleteCredentials(ctx context.Context, in *sdk.DeleteVoiceConnectorTerminationCredentialsInput) (*sdk.DeleteVoiceConnectorTerminationCredentialsOutput, error) {
	return &sdk.DeleteVoiceConnectorTerminationCredentialsOutput{}, s.deps.Store.DeleteCredentials(ctx, *in.VoiceConnectorId, in.Usernames)
}
