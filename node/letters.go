package node

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strconv"

	"timbre"
	"timbre/config"
	"timbre/vault"
)

// OperatorToken is what requests of the operator carry on the admin port. It is derived from the key file, so that only who can read the
// data folder has it.
func OperatorToken(s config.Settings) (string, error) {
	if _, err := os.Stat(keyFile(s)); errors.Is(err, fs.ErrNotExist) { // opening it would make another
		return "", timbre.Errorf(timbre.NotFound, "", "%s is not the data folder of a server: %s is missing", s.Data, keyFile(s))
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return "", err
	}
	return operatorToken(keys)
}

func operatorToken(keys *vault.Vault) (string, error) {
	key, err := keys.Derive("operator")
	return hex.EncodeToString(key), err
}

// lettersOf serves the outbox to an operator: what waits, dead letters, and how the deliveries go. Bodies are a timbre.LetterFilter; answers
// are JSON.
func (n *Node) lettersOf(mux *http.ServeMux, g *guard) {
	serve := func(pattern string, do func(r *http.Request, f timbre.LetterFilter) (any, error)) {
		mux.HandleFunc(pattern, g.need(timbre.ActionManageOutbox, func(w http.ResponseWriter, r *http.Request) {
			var f timbre.LetterFilter
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder)).Decode(&f); err != nil {
				http.Error(w, "the filter is not JSON", http.StatusBadRequest)
				return
			}
			answer, err := do(r, f)
			if err != nil {
				status := http.StatusInternalServerError
				if timbre.KindOf(err) == timbre.NotFound {
					status = http.StatusNotFound
				}
				http.Error(w, err.Error(), status)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer)
		}))
	}
	outbox := &Operator{letters: n.store, store: n.store, sends: n.notices}
	serve("POST /outbox/list", func(r *http.Request, f timbre.LetterFilter) (any, error) { return outbox.Letters(r.Context(), f) })
	serve("POST /outbox/show/{seq}", func(r *http.Request, _ timbre.LetterFilter) (any, error) {
		seq, _ := strconv.ParseInt(r.PathValue("seq"), 10, 64) // no letter has the number 0
		return outbox.Letter(r.Context(), seq)
	})
	serve("POST /outbox/retry", func(r *http.Request, f timbre.LetterFilter) (any, error) {
		return outbox.RetryLetters(r.Context(), f, n.env.Now())
	})
	serve("POST /outbox/drop", func(r *http.Request, f timbre.LetterFilter) (any, error) { return outbox.DropLetters(r.Context(), f) })
	serve("POST /outbox/targets", func(r *http.Request, _ timbre.LetterFilter) (any, error) { return outbox.Targets(r.Context()) })
}
