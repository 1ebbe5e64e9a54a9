package test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
)

// SIGHUP reads the keys again, and keeps those before if the file is broken; the server goes on either way.
func TestSIGHUPReloadsKeys(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	folder := t.TempDir()
	p := serve(ctx, t, serverEnv(folder)...)
	write := func(text string) {
		must(t, os.WriteFile(filepath.Join(folder, "credentials"), []byte(text), 0o600))
		must(t, p.Cmd.Process.Signal(syscall.SIGHUP))
	}
	lists := func(id string) bool {
		client := voice.New(voice.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://" + p.At["api"]), Credentials: credentials.NewStaticCredentialsProvider(id, "one", "")})
		_, err := client.ListVoiceConnectors(ctx, &voice.ListVoiceConnectorsInput{})
		return err == nil
	}
	write("[one]\naws_access_key_id = AKIDONE\naws_secret_access_key = one\n")
	p.until(ctx, t, "the new key works", func() bool { return lists("AKIDONE") })
	write("[two]\naws_access_key_id = AKIDTWO\naws_secret_access_key = one\n[broken")
	write("[two]\naws_access_key_id = AKIDTWO\n")
	if lists("AKIDTWO") || !lists("AKIDONE") {
		t.Error("got keys of a broken file, want those before")
	}
	write("[three]\naws_access_key_id = AKIDTHREE\naws_secret_access_key = one\n")
	p.until(ctx, t, "the key is replaced", func() bool { return lists("AKIDTHREE") && !lists("AKIDONE") })
	p.Stop(t)
}

// until polls for a condition.
func (p process) until(ctx context.Context, t *testing.T, what string, met func() bool) {
	t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !met() {
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("timeout: %s", what)
		}
	}
}
