package aws_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/sns"
)

const role = "arn:aws:iam::111122223333:role/insights"

// roles is a fake of STS and of SNS that knows who has asked.
type roles struct {
	mu      sync.Mutex
	life    time.Duration // of the credentials of a role
	refuse  string        // a code that STS answers with
	expire  bool          // the next message is answered with ExpiredToken
	assumed []string      // roles
	senders []string      // access keys of the messages
}

func (f *roles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = r.ParseForm()
	if r.Form.Get("Action") != "AssumeRole" {
		_, sender, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		sender, _, _ = strings.Cut(sender, "/")
		f.senders = append(f.senders, sender)
		if f.expire {
			f.expire = false
			awstest.XML(w, http.StatusForbidden, "ExpiredToken", "expired")
			return
		}
		accept(w, r)
		return
	}
	if f.refuse != "" {
		awstest.XML(w, http.StatusForbidden, f.refuse, "not authorized to perform: sts:AssumeRole")
		return
	}
	f.assumed = append(f.assumed, r.Form.Get("RoleArn")+" "+r.Form.Get("RoleSessionName"))
	_, _ = fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>role%d</AccessKeyId><SecretAccessKey>s</SecretAccessKey>`+
		`<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		len(f.assumed), time.Now().Add(f.life).UTC().Format(time.RFC3339))
}

// underRole returns a fake, and a sink that assumes roles if it is told to.
func underRole(t *testing.T, assume bool) (*roles, *sns.Sink) {
	t.Helper()
	f := &roles{life: time.Hour}
	url, _ := answering(t, f.ServeHTTP)
	awstest.Settings(t, url)
	return f, sns.New(aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{AssumeRoles: assume}), sns.Config{})
}

func as(role string) timbre.Notice {
	n := notice()
	n.Role = role
	return n
}

func TestRoleIsAssumedOnce(t *testing.T) {
	f, s := underRole(t, true)
	for range 3 {
		if err := s.Send(t.Context(), as(role)); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(f.assumed, ","); got != role+" timbre" {
		t.Errorf("got roles %q, want %q once", got, role)
	}
	if got := strings.Join(f.senders, ","); got != "role1,role1,role1" {
		t.Errorf("got messages by %q, want all by the role", got)
	}
}

func TestRoleIsIgnoredUnlessTheSettingSaysSo(t *testing.T) {
	f, s := underRole(t, false)
	if err := s.Send(t.Context(), as(role)); err != nil || len(f.assumed) > 0 || f.senders[0] != "key" {
		t.Errorf("got %v, roles %v, messages by %v", err, f.assumed, f.senders)
	}
}

func TestBatchIsSentUnderTheRoleOfEachNotice(t *testing.T) {
	f, s := underRole(t, true)
	f.refuse = "AccessDenied"
	errs := s.SendBatch(t.Context(), []timbre.Notice{as(role), as("")})
	wantCause(t, errs[0], notify.ForNow, "role "+role+" cannot be assumed: access denied (AccessDenied): not authorized")
	if errs[1] != nil || len(f.senders) != 1 || f.senders[0] != "key" {
		t.Errorf("got %v and messages by %v, want one by the server", errs[1], f.senders)
	}
}

func TestCredentialsOfARoleAreRenewedBeforeTheyExpire(t *testing.T) {
	f, s := underRole(t, true)
	f.life = time.Minute // less than the time before expiry at which they are renewed
	for range 2 {
		if err := s.Send(t.Context(), as(role)); err != nil {
			t.Fatal(err)
		}
	}
	if f.senders[0] == f.senders[1] {
		t.Errorf("got messages by %q, want each by new credentials", f.senders)
	}
}

// The clock of this server may be hours ahead.
func TestRoleIsAssumedOnceByAClockThatIsAhead(t *testing.T) {
	f, s := underRole(t, true)
	f.life = -5 * time.Hour
	for range 3 {
		if err := s.Send(t.Context(), as(role)); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.assumed) != 1 {
		t.Errorf("got the role assumed %d times, want once", len(f.assumed))
	}
}

// The clock of this server may be behind, so that credentials seem good which AWS calls expired.
func TestCredentialsThatAWSCallsExpiredAreDropped(t *testing.T) {
	f, s := underRole(t, true)
	f.expire = true
	wantCause(t, s.Send(t.Context(), as(role)), notify.ForNow, "the AWS credentials have expired (ExpiredToken)")
	if err := s.Send(t.Context(), as(role)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.senders, ","); got != "role1,role2" {
		t.Errorf("got messages by %q, want the second by new credentials", got)
	}
}

func TestRoleWithoutCredentialsToAssumeItIsNamed(t *testing.T) {
	_, s := underRole(t, true)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	wantCause(t, s.Send(t.Context(), as(role)), notify.ForNow, "no AWS credentials to assume role "+role+" with")
}

func TestUnreachableSTSIsNamed(t *testing.T) {
	_, s := underRole(t, true)
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://user:"+awstest.Secret+"@127.0.0.1:1")
	wantCause(t, s.Send(t.Context(), as(role)), notify.ForNow, "role "+role+" cannot be assumed: the endpoint cannot be reached: ")
}
