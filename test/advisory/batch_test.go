package advisory

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// A check of several things must check each of them, not one of them as often as there are things: Let's Encrypt's rechecking of CAA
// records, Mozilla's bug 1619047 (boulder). A key that may change one number must not change another beside it.
func TestBatchChecks(t *testing.T) {
	const mine, others, third = "+12065550100", "+12065550101", "+12065550102"
	folder := t.TempDir()
	grant := "chime:*PhoneNumber* arn:aws:chime:us-east-1:000000000000:phone-number/" + mine
	must(t, os.WriteFile(filepath.Join(folder, "credentials"), []byte("[narrow]\naws_access_key_id = AKIDNARROW\naws_secret_access_key = "+secret+
		"\ntimbre_actions = "+grant+"\n"), 0o600))
	s := serveIn(t, folder, "TIMBRE_NUMBERS="+mine+","+others+","+third)
	narrow := voice.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + s.At["api"]), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDNARROW", secret, ""),
	})
	for name, numbers := range map[string][]string{
		"others last": {mine, others}, "others first": {others, mine}, "others between": {mine, others, mine}, "others alone": {others, third},
	} {
		t.Run(name, func(t *testing.T) {
			items := []vtypes.UpdatePhoneNumberRequestItem{}
			for _, n := range numbers {
				items = append(items, vtypes.UpdatePhoneNumberRequestItem{PhoneNumberId: aws.String(n), CallingName: aws.String("Stolen")})
			}
			if out, err := narrow.BatchUpdatePhoneNumber(t.Context(), &voice.BatchUpdatePhoneNumberInput{UpdatePhoneNumberRequestItems: items}); err == nil {
				t.Errorf("update: got %+v, want a refusal", out)
			}
			if out, err := narrow.BatchDeletePhoneNumber(t.Context(), &voice.BatchDeletePhoneNumberInput{PhoneNumberIds: numbers}); err == nil {
				t.Errorf("deletion: got %+v, want a refusal", out)
			}
		})
	}
	l, err := s.voice.ListPhoneNumbers(t.Context(), &voice.ListPhoneNumbersInput{})
	must(t, err)
	for _, n := range l.PhoneNumbers {
		if aws.ToString(n.CallingName) != "" || n.DeletionTimestamp != nil {
			t.Errorf("got number %s changed", *n.PhoneNumberId)
		}
	}
	if len(l.PhoneNumbers) != 3 {
		t.Errorf("got %d numbers, want 3", len(l.PhoneNumbers))
	}
}
