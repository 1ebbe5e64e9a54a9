// Package terraform judges a whole Timbre by Terraform itself and its AWS provider: what deployment.tf says is built, changed,
// imported and torn down. It is a package of its own because the provider waits for most of its time, and others can be
// tested meanwhile. The calls that the provider makes are also played one by one (*.json), in the package above, where
// there is no Terraform.
package terraform

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

const keyID, secret = "AKIDTEST", "a secret access key for tests"

func TestTerraformBuildsEveryResource(t *testing.T) {
	provider := awsProvider(t)
	deployment := newBuilder(t, provider, serve(t), "deployment.tf")
	deployment.do(t, "apply", "-auto-approve", "-var=step=first")
	deployment.do(t, "plan", "-detailed-exitcode", "-var=step=first") // fails where what is read is not what was written
	deployment.do(t, "apply", "-auto-approve", "-refresh=false", "-var=step=second")

	heir := newBuilder(t, provider, append(deployment.env, "TF_VAR_ids="+deployment.do(t, "output", "-json", "ids")), "deployment.tf", "import.tf")
	said := heir.do(t, "apply", "-auto-approve", "-var=step=second")
	if want := "Resources: 12 imported, 0 added, 1 changed, 0 destroyed"; !strings.Contains(said, want) { // passwords cannot be read
		t.Errorf("an import should end in %s:\n%s", want, said)
	}
	said = heir.do(t, "destroy", "-auto-approve", "-refresh=false", "-var=step=second")
	if want := "Resources: 12 destroyed"; !strings.Contains(said, want) {
		t.Errorf("a destruction should end in %s:\n%s", want, said)
	}
}

// builder is Terraform in a folder of its own.
type builder struct {
	folder string
	env    []string
}

// newBuilder lays a folder out with files, and has Terraform find its provider.
func newBuilder(t *testing.T, provider string, env []string, files ...string) builder {
	t.Helper()
	b := builder{t.TempDir(), env}
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(b.folder, f), text, 0o600))
	}
	b.do(t, "init", "-plugin-dir="+provider)
	return b
}

// do runs a command of Terraform's, which must succeed.
func (b builder) do(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "terraform", append(args, "-no-color")...)
	cmd.Dir, cmd.Env = b.folder, b.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serve runs a node until the test ends, and gives the environment of those who use it.
func serve(t *testing.T) []string {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
	s.AccessKeyID, s.SecretAccessKey = keyID, secret
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.New(ctx, environment.Environment{}, s)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-done)
	})
	settings := filepath.Join(t.TempDir(), "none.tfrc")
	must(t, os.WriteFile(settings, nil, 0o600))
	return append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1", "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret,
		"TF_VAR_endpoint=http://"+n.API, "TF_VAR_sts="+tokens(t))
}

// tokens is a security token service that knows the caller's account, which the provider asks for.
func tokens(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
			`<Arn>arn:aws:iam::000000000000:user/test</Arn><UserId>AIDATEST</UserId><Account>000000000000</Account>` +
			`</GetCallerIdentityResult></GetCallerIdentityResponse>`))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// awsProvider is the folder that Terraform's AWS provider lies in, as `terraform providers mirror` lays it out. No registry
// of packages has the two, so that nothing can install them: where they are missing the test is left out, in CI too.
func awsProvider(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("left out: terraform is missing; the calls of its AWS provider are tested one by one")
	}
	for _, folder := range []string{os.Getenv("TERRAFORM_PLUGINS"), "/usr/local/share/terraform/plugins", "/opt/tf-plugins"} {
		if _, err := os.Stat(filepath.Join(folder, "registry.terraform.io", "hashicorp", "aws")); folder != "" && err == nil {
			return folder
		}
	}
	t.Skip("left out: terraform's AWS provider is missing (TERRAFORM_PLUGINS says where); its calls are tested one by one")
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
