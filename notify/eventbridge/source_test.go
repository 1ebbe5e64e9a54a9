package eventbridge

import "testing"

func TestBusesOfAWSGetASourceThatItTakes(t *testing.T) {
	if got := source(nil); got != own {
		t.Errorf("without an endpoint: got %q, want %q", got, own)
	}
	for endpoint, want := range map[string]string{
		"https://events.eu-central-1.amazonaws.com":                 own,
		"https://events.cn-north-1.amazonaws.com.cn":                own,
		"https://events.eu-central-1.api.aws":                       own,
		"https://vpce-0a1b.events.eu-central-1.vpce.amazonaws.com/": own,
		"http://127.0.0.1:4566":                                     "",
		"http://localstack:4566":                                    "",
		"https://amazonaws.com.example.com":                         "",
		"https://notamazonaws.com":                                  "",
		"::":                                                        "",
	} {
		if got := source(&endpoint); got != want {
			t.Errorf("%s: got %q, want %q", endpoint, got, want)
		}
	}
}
