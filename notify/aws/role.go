package aws

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	roleSession  = "timbre" // the name of the session in the logs of AWS
	roleDuration = 15 * time.Minute
	// early is how long before their expiry the credentials of a role are renewed. Its half is random.
	early = 5 * time.Minute
	// assumeTimeout bounds one request for them. It is made for all notices of the role, and outlives the attempt of the first.
	assumeTimeout = 20 * time.Second
)

// assumed obtains the credentials of a role.
type assumed struct {
	sdk.CredentialsProvider
	now func() time.Time
}

// Retrieve implements sdk.CredentialsProvider. The expiry is told by the clock of AWS and compared with that of this server: it counts
// only if it is plausible by the latter, so that a clock that has jumped neither asks for new credentials for each notice nor keeps
// old ones for hours.
func (a assumed) Retrieve(ctx context.Context) (sdk.Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, assumeTimeout)
	defer cancel()
	c, err := a.CredentialsProvider.Retrieve(ctx)
	now := a.now()
	if latest := now.Add(roleDuration); c.Expires.Before(now) || c.Expires.After(latest) {
		c.Expires = latest
	}
	return c, err
}

// credentials returns those that requests under a role are signed with: of the role if there is one, else of the server.
func (s *session) credentials(role string) sdk.CredentialsProvider {
	if role == "" {
		return s.config.Credentials
	}
	if known, ok := s.roles.Load(role); ok {
		return known.(*sdk.CredentialsCache)
	}
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(s.config), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.Duration = roleSession, roleDuration
	})
	cache, _ := s.roles.LoadOrStore(role, sdk.NewCredentialsCache(assumed{provider, s.now}, func(o *sdk.CredentialsCacheOptions) {
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
