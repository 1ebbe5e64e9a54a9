package node

import (
	"context"
	"io/fs"
	"net/http"

	"timbre"
	"timbre/admission/source"
	"timbre/api"
	"timbre/build"
	"timbre/console"
	"timbre/rtp/codec"
)

// openConsole creates the web console, which openAdmin serves.
func (n *Node) openConsole(context.Context) (err error) {
	signer, err := n.openIssuer()
	if err != nil {
		return err
	}
	n.console = console.New(n.env, console.Config{Home: n.settings.Admin.OIDC.URL}, console.Deps{
		Keys: n.keys, Attempts: source.NewAttempts(n.env.Steady), Issuer: signer, Calls: n.calls, Store: n.store, SIPLog: n.logs,
		API:  func(w http.ResponseWriter, r *http.Request, key timbre.Key) { n.api.ServeHTTP(w, api.As(r, key)) },
		Show: n.showCall, Hide: n.hideNumbers, Recording: codec.ReadShortWAV, About: n.about, KeyUses: n.keyUses, Load: n.load,
	})
	n.page, err = console.Page()
	return err
}

// showCall is a call as GET /calls has it.
func (n *Node) showCall(c timbre.Call, numbers bool) any {
	list := liveCalls([]timbre.Call{c}, n.calls.Receptions)
	if !numbers && n.settings.Admin.Numbers != "shown" {
		list = withoutNumbers(list)
	}
	return list[0]
}

// hideNumbers masks the telephone numbers of a text, unless the settings show them.
func (n *Node) hideNumbers(text string) string {
	if n.settings.Admin.Numbers == "shown" {
		return text
	}
	return masked(text)
}

// about is what the console tells of this server.
func (n *Node) about(ctx context.Context) console.About {
	program := build.Read()
	a := console.About{
		Version: program.Version, Commit: program.Commit, Account: n.settings.Account, Region: n.settings.Region,
		API: "http://" + n.API, SIP: n.SIP, Feed: n.Feed, Load: n.load.Load(), Limits: []console.Limit{}, Models: []console.Model{},
	}
	if n.Secure {
		a.API = "https://" + n.API
	}
	for _, f := range n.fills(ctx) {
		a.Limits = append(a.Limits, console.Limit{Of: f.of, Used: f.used, Limit: f.limit, Bytes: f.bytes})
	}
	models, err := Library(n.settings).List()
	if err != nil {
		n.env.Log.Error("the console cannot list the models", "error", err)
	}
	for _, e := range models {
		card, _ := fs.ReadFile(e.Folder, "model_card.md") // few that are added have one
		a.Models = append(a.Models, console.Model{
			ID: e.Card.ID(), Kind: string(e.Card.Kind), InUse: e.InUse, BuiltIn: e.BuiltIn,
			Licence: e.Card.Licence, Source: e.Card.Source, Dimension: e.Card.Dimension, Card: string(card),
		})
	}
	return a
}

// keyUses are the access keys with their last uses.
func (n *Node) keyUses() []console.KeyUse {
	keys, last := n.keys.uses()
	list := make([]console.KeyUse, 0, len(keys))
	for _, k := range keys {
		list = append(list, console.KeyUse{Key: k, Last: last[k.ID]})
	}
	return list
}
