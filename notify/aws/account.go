// Package aws is what the sinks of AWS services have in common: settings, credentials and roles, one pool of connections, the
// way of a notice to one request, and errors that name their cause. Settings come from the standard chain of the SDK: environment,
// shared files, web identity, container and instance roles, and the AWS_ENDPOINT_URL variables. Sinks add a Service: what one
// service calls its targets, and how it takes notices. The dispatcher retries; nothing here does.
package aws

import (
	"context"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"

	"timbre/environment"
)

// Config of an Account. Zero values mean the default.
type Config struct {
	AssumeRoles bool // send under the role of each notice; otherwise all are sent as the server itself
	// Silence is the age of an HTTP/2 connection without a packet at which it is probed, and the time that its peer has to answer: 5 s.
	// Over HTTP/1.1, an attempt that ends without a response closes its connection.
	Silence time.Duration
}

// renewal is the shortest time between two readings of the settings.
const renewal = 10 * time.Second

// Account is who the server is to AWS. All sinks share it, and with it the connections. It is safe for concurrent use.
type Account struct {
	env environment.Environment
	cfg Config
	log *logger

	mu      sync.Mutex
	session *session // nil until first used, so that a server without AWS targets needs no AWS settings
}

// New returns an Account. It reads no settings and opens no connection yet. The environment's region is that of targets for
// which neither the target nor the settings have one.
func New(env environment.Environment, cfg Config) *Account {
	env = env.Complete()
	if cfg.Silence <= 0 {
		cfg.Silence = 5 * time.Second
	}
	return &Account{env: env, cfg: cfg, log: &logger{log: env.Log}}
}

// session is one reading of the settings, with the clients that were made of it.
type session struct {
	config  sdk.Config
	now     func() time.Time
	read    time.Time
	roles   sync.Map // *sdk.CredentialsCache by ARN
	clients sync.Map // by use
}

// current returns the session in use. It reads the settings if there is none.
func (a *Account) current(ctx context.Context) (*session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session != nil {
		return a.session, nil
	}
	c, err := config.LoadDefaultConfig(ctx,
		config.WithDefaultRegion(a.env.Region),
		config.WithHTTPClient(connections(a.cfg.Silence)),

		config.WithRetryer(func() sdk.Retryer { return sdk.NopRetryer{} }),
		config.WithLogger(a.log),
		config.WithLogConfigurationWarnings(true),
	)
	if err != nil {
		return nil, err
	}
	if b, ok := c.HTTPClient.(*awshttp.BuildableClient); ok {
		c.HTTPClient = keeping{b.Freeze()} // each client of a service would build a pool of its own
	}
	a.session = &session{config: c, now: a.env.Now, read: a.env.Now()}
	return a.session, nil
}

// renew lets the settings be read again, because the credentials of a session were not accepted: an operator who mends a file
// needs no restart. They are read once in renewal, however many notices fail.
func (a *Account) renew(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session == s && a.env.Now().Sub(s.read) > renewal {
		a.session = nil
	}
}
