package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/feed/connect"
)

// bridges is `timbre bridge`.
type bridges struct {
	Connect connectBridge `cmd:"" help:"Bring calls of Amazon Connect to a server: those of which a queue tells, or one contact. AWS is asked with the standard AWS settings."`
}

// connectBridge is `timbre bridge connect`.
type connectBridge struct {
	To        string        `placeholder:"URL" help:"The server's feed.listen, http://HOST:PORT or https://HOST:PORT; by default, that of the settings."`
	Connector string        `required:"" help:"Id of the connector that gets the calls."`
	CA        string        `name:"ca" type:"existingfile" help:"Certificates to trust in an https:// server, PEM, in place of the system's."`
	Queue     string        `xor:"what" required:"" placeholder:"URL" help:"Amazon SQS queue with contact events of Connect."`
	Contact   string        `xor:"what" required:"" placeholder:"ID" help:"Carry this contact only, to its end. Needs --stream."`
	Stream    string        `placeholder:"ARN" help:"Kinesis video stream of --contact."`
	Fragment  string        `placeholder:"NUMBER" help:"StartFragmentNumber of --contact; by default, what comes from now on."`
	From      string        `help:"The caller's number, of --contact."`
	Dialled   string        `help:"The called number, of --contact."`
	Outbound  bool          `help:"The customer of --contact was called."`
	Contacts  int           `default:"100" help:"Contacts at once of --queue. Others wait in the queue."`
	Quiet     time.Duration `default:"30s" help:"Time without audio after which a contact has ended."`

	config.Settings `uses:"data,access_key_id,secret_access_key,region,feed.listen,feed.tls,log"`
}

// Run carries the contacts, until an interrupt, or to the end of the one. The log goes to standard error.
func (c connectBridge) Run(ctx context.Context) error {
	if c.Contact != "" && c.Stream == "" {
		return timbre.Errorf(timbre.Invalid, "", "--contact needs --stream")
	}
	server, err := c.server()
	if err != nil {
		return err
	}
	account, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "the AWS settings cannot be read: %w", err)
	}
	if c.Queue != "" && account.Region == "" {
		return timbre.Errorf(timbre.Invalid, "", "no AWS region is set: that of the queue belongs into AWS_REGION")
	}
	env := environment.Environment{Log: c.Log.LoggerAt(os.Stderr, c.Log.Level), Repeats: environment.NewTally()}
	defer summed(env.Repeats)()
	b := connect.New(env, connect.Config{Contacts: c.Contacts, Quiet: c.Quiet}, connect.Deps{Source: connect.Streams{Account: account}, Sink: server})
	if c.Contact != "" {
		err := b.Carry(ctx, connect.Contact{
			ID: c.Contact, StreamARN: c.Stream, Fragment: c.Fragment, From: c.From, To: c.Dialled, Outbound: c.Outbound,
		})
		if err != nil && ctx.Err() == nil {
			return err
		}
		return nil // also after an interrupt
	}
	return b.Serve(ctx, connect.SQS{Client: sqs.NewFromConfig(account), URL: c.Queue})
}

// summed logs what happens again and again, until it is told to stop.
func summed(t *environment.Tally) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { t.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// server is where the calls go, with the access key of the settings or of the data folder.
func (c connectBridge) server() (connect.Server, error) {
	keys, err := c.ReadCredentials()
	if err != nil {
		return connect.Server{}, timbre.Errorf(timbre.Invalid, "", "no access key of the server, in access_key_id or in the data folder: %w", err)
	}
	key, _ := keys.Key(keys.ID)
	client, err := c.client()
	return connect.Server{
		URL: cmp.Or(c.To, c.feedURL()), Connector: c.Connector, Region: c.Region, Client: client,
		Keys: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(key.ID, key.Secret, key.Session)),
	}, err
}

// feedURL is where the settings have the feed.
func (c connectBridge) feedURL() string {
	if c.Feed.TLS.Cert != "" {
		return "https://" + string(c.Feed.Listen)
	}
	return "http://" + string(c.Feed.Listen)
}

// client uses the proxy of the environment, and trusts what --ca names.
func (c connectBridge) client() (*http.Client, error) {
	if c.To == "" && c.Feed.Listen == "" {
		return nil, timbre.Errorf(timbre.Invalid, "", "--to is missing, and the settings have no feed.listen")
	}
	trusted := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		trusted.RootCAs = x509.NewCertPool()
		if err != nil || !trusted.RootCAs.AppendCertsFromPEM(text) {
			return nil, timbre.Errorf(timbre.Invalid, "", "--ca %s contains no certificate", c.CA)
		}
	}
	const patience = 10 * time.Second
	return &http.Client{Transport: &http.Transport{ // by HTTP/1.1: a connection a call
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: patience}).DialContext,
		TLSClientConfig: trusted, TLSHandshakeTimeout: patience,
	}}, nil
}
