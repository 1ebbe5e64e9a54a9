package rest

import (
	"net/http"
	"net/url"
	"strings"
)

// taggedARN returns the ARN in the query or body of a request about tags: empty if it cannot be read, which the handler then refuses.
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

// ofPipelines reports whether an ARN belongs to the pipelines service. Both services use one format and differ in the resource type.
func ofPipelines(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && (strings.HasPrefix(parts[5], "media-pipeline") || strings.HasPrefix(parts[5], "media-insights-"))
}
