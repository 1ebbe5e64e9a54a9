package aws

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	roleSession = "timbre" // the name of the session in the logs of AWS
	// early is how long before their expiry the credentials of a role are renewed. Its half is random.
	early = 5 * time.Minute
)

// credentials returns those that requests under a role are signed with: of the role if there is one, else of the server.
func (s *session) credentials(role string) sdk.CredentialsProvider {
	if role == "" {
		return s.config.Credentials
	}
	if known, ok := s.roles.Load(role); ok {
		return known.(*sdk.CredentialsCache)
	}
	assumed := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(s.config), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = roleSession
	})
	cache, _ := s.roles.LoadOrStore(role, sdk.NewCredentialsCache(assumed, func(o *sdk.CredentialsCacheOptions) {
		o.ExpiryWindow, o.ExpiryWindowJitterFrac = early, 0.5
	}))
	return cache.(*sdk.CredentialsCache)
}

// identify obtains the credentials of a role, or of the server, before a request needs them: without them no request says anything
// about its target.
func (s *session) identify(ctx context.Context, role string) (sdk.Credentials, error) {
	if s.config.Credentials == nil {
		return sdk.Credentials{}, &unidentified{"no AWS credentials are configured", nil}
	}
	got, err := s.credentials(role).Retrieve(ctx)
	if err == nil || role == "" {
		return got, lacking("no AWS credentials", err)
	}
	if _, own := s.config.Credentials.Retrieve(ctx); own != nil {
		return got, lacking("no AWS credentials to assume role "+role+" with", own)
	}
	return got, lacking("role "+role+" cannot be assumed", err)
}

// unidentified is the lack of credentials.
type unidentified struct {
	text string
	err  error
}

func lacking(text string, err error) error {
	if err == nil {
		return nil
	}
	return &unidentified{text, err}
}

func (u *unidentified) Error() string {
	if u.err == nil {
		return u.text
	}
	return u.text + ": " + u.err.Error()
}

func (u *unidentified) Unwrap() error { return u.err }

// forget drops the cached credentials of a role, or of the server, that AWS has called expired: the clocks may differ.
func (s *session) forget(role string) {
	if cache, ok := s.credentials(role).(*sdk.CredentialsCache); ok {
		cache.Invalidate()
	}
}
