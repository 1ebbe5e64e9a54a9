package rest

import (
	"net/http"
	"net/url"
	"strings"
)

// taggedARN is the ARN that a request about tags names, in the query or in the body; empty where it cannot be read, which
// is then for the handler to say.
func taggedARN(method string, query url.Values, body func() ([]byte, error)) string {
	if method == http.MethodGet {
		return query.Get("arn")
	}
	text, err := body()
	if err != nil {
		return ""
	}
	in, err := parse(text)
	if err != nil {
		return ""
	}
	arn, _ := in["ResourceARN"].(string)
	return arn
}

// ofPipelines says which of the two services an ARN belongs to: both write them alike but for the kind of resource.
func ofPipelines(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && (strings.HasPrefix(parts[5], "media-pipeline") || strings.HasPrefix(parts[5], "media-insights-"))
}
