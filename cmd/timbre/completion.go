package main

import "fmt"

// completion is `timbre completion`.
type completion struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints code that a shell evaluates when it starts, or that a package puts where the shell looks for it. Whenever words are to be
// completed, the shell then asks the program itself, by the variable COMP_LINE.
func (c completion) Run() error {
	_, err := fmt.Print(shells[c.Shell])
	return err
}

var shells = map[string]string{
	"bash": `complete -o default -o bashdefault -C timbre timbre
`,
	"zsh": `#compdef timbre
autoload -U +X bashcompinit && bashcompinit
complete -o default -o bashdefault -C timbre timbre
# The first time, a file of functions is run as the function itself.
[[ $funcstack[1] != _timbre ]] || _bash_complete -o default -o bashdefault -C timbre
`,
	"fish": `function __timbre_complete
    set -lx COMP_LINE (commandline -cp)
    set -lx COMP_POINT (string length -- $COMP_LINE)
    timbre
end
complete -c timbre -a '(__timbre_complete)'
`,
}
