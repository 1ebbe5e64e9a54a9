package demo

import "context"

// welcome says where the calls can be watched.
func (s *story) welcome() {
	s.say.line("Watch the calls in a browser: %s", s.server.Console)
	s.say.line("Sign in with the access key %s and the secret %s", s.server.AccessKeyID, s.server.SecretAccessKey)
}

// stay lets the callers of the second round call again and again until the context ends. Results no longer count.
func (s *story) stay(ctx context.Context) error {
	s.say.chapter("They go on calling until you press Ctrl-C")
	s.cfg.Speed = s.staying
	for ctx.Err() == nil {
		if _, err := s.place(ctx, secondCalls); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}
