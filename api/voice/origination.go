package voice

import (
	"context"
	"net/netip"
	"regexp"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/rest"
)

const (
	maxRoutes = 20
	sipPort   = 5060 // of a route without a port
)

// hostName matches a DNS name of up to 253 characters.
var hostName = regexp.MustCompile(`\A(?i)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?\z`)

// putOrigination keeps the order of the routes.
func (s *service) putOrigination(ctx context.Context, in *sdk.PutVoiceConnectorOriginationInput) (*sdk.PutVoiceConnectorOriginationOutput, error) {
	doc := in.Origination
	switch {
	case doc.Disabled == nil && len(doc.Routes) == 0:
		return nil, timbre.Errorf(timbre.Invalid, "", "The origination must contain Routes or Disabled.")
	case len(doc.Routes) > maxRoutes:
		return nil, rest.Invalid("origination.routes", "have length less than or equal to %d", maxRoutes)
	}
	o := timbre.Origination{Disabled: valueOr(doc.Disabled, false)}
	for i, r := range doc.Routes {
		route, err := routeOf(r, "origination.routes."+strconv.Itoa(i+1)+".member.host")
		if err != nil {
			return nil, err
		}
		o.Routes = append(o.Routes, route)
	}
	hosts, err := s.allowedHosts(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	if err := checkRelay(hosts, o.Routes); err != nil {
		return nil, err
	}
	if err := s.deps.Store.PutOrigination(ctx, *in.VoiceConnectorId, o); err != nil {
		return nil, err
	}
	return &sdk.PutVoiceConnectorOriginationOutput{Origination: origination(o)}, nil
}

// routeOf reads a route, whose host is at a position of the request.
func routeOf(r types.OriginationRoute, at string) (timbre.Route, error) {
	if r.Host == nil {
		return timbre.Route{}, rest.Missing(at)
	}
	if _, err := netip.ParseAddr(*r.Host); err != nil && (len(*r.Host) > 253 || !hostName.MatchString(*r.Host)) {
		return timbre.Route{}, rest.Invalid(at, "be a host name or an IP address")
	}
	route := timbre.Route{
		Host: *r.Host, Port: int(valueOr(r.Port, sipPort)), Protocol: string(r.Protocol),
		Priority: int(valueOr(r.Priority, 0)), Weight: int(valueOr(r.Weight, 0)),
	}
	if route.Port == 0 {
		route.Port = sipPort
	}
	return route, nil
}

func (s *service) getOrigination(ctx context.Context, in *sdk.GetVoiceConnectorOriginationInput) (*sdk.GetVoiceConnectorOriginationOutput, error) {
	o, err := s.deps.Store.Origination(ctx, *in.VoiceConnectorId)
	if err != nil {
		return nil, err
	}
	return &sdk.GetVoiceConnectorOriginationOutput{Origination: origination(o)}, nil
}

func (s *service) deleteOrigination(ctx context.Context, in *sdk.DeleteVoiceConnectorOriginationInput) (*sdk.DeleteVoiceConnectorOriginationOutput, error) {
	return &sdk.DeleteVoiceConnectorOriginationOutput{}, s.deps.Store.DeleteOrigination(ctx, *in.VoiceConnectorId)
}

func origination(o timbre.Origination) *types.Origination {
	doc := &types.Origination{Disabled: &o.Disabled, Routes: []types.OriginationRoute{}}
	for _, r := range o.Routes {
		doc.Routes = append(doc.Routes, types.OriginationRoute{
			Host: &r.Host, Port: new(int32(r.Port)),
			Protocol: types.OriginationRouteProtocol(r.Protocol), Priority: nonZero(int32(r.Priority)), Weight: nonZero(int32(r.Weight)),
		})
	}
	return doc
}
