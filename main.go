// Command puente pairs entrepreneurs with mentors across the borders of the
// United States, Canada and Mexico, and proves that no other pairing is
// better.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the zones of people, on machines without a time zone database

	"github.com/alecthomas/kong"

	"puente/config"
	"puente/jobs"
	"puente/models"
	"puente/web"
)

// Exit codes; they are a public contract.
const (
	exitDone        = 0
	exitFailed      = 1 // failed, or refuted
	exitUsage       = 2
	exitBadInput    = 3 // every problem listed, nothing written
	exitInfeasible  = 4 // the clash is named
	exitUnproven    = 5 // not proven best within the time limit; the best so far is written, with its gap
	exitInterrupted = 130
)

// cli is the whole command line: global flags are the settings of the program.
type cli struct {
	config.Config `embed:"" group:"Settings:"`
	ConfigFile    string `name:"config" placeholder:"FILE" help:"${help_config_file}"`
	JSON          bool   `name:"json" help:"${help_json}"`

	Match    matchCommand    `cmd:"" help:"${help_match}"`
	Assign   assignCommand   `cmd:"" help:"${help_assign}"`
	Check    checkCommand    `cmd:"" help:"${help_check}"`
	Explain  explainCommand  `cmd:"" help:"${help_explain}"`
	Preview  previewCommand  `cmd:"" help:"${help_preview}"`
	Topics   topicsCommand   `cmd:"" help:"${help_topics}"`
	Generate generateCommand `cmd:"" help:"${help_generate}"`
	Simulate simulateCommand `cmd:"" help:"${help_simulate}"`
	Import   importCommand   `cmd:"" help:"${help_import}"`
	Export   exportCommand   `cmd:"" help:"${help_export}"`
	Verify   verifyCommand   `cmd:"" help:"${help_verify}"`
	Round    roundCommand    `cmd:"" help:"${help_round_commands}"`
	Demo     demoCommand     `cmd:"" help:"${help_demo}"`
	Serve    serveCommand    `cmd:"" help:"${help_serve}"`
	Migrate  migrateCommand  `cmd:"" help:"${help_migrate}"`
	Audit    auditCommand    `cmd:"" help:"${help_audit}"`
	Account  accountCommand  `cmd:"" help:"${help_account}"`
	Backup   backupCommand   `cmd:"" help:"${help_backup}"`
	Secret   secretCommand   `cmd:"" name:"secret" help:"${help_secret_commands}"`
	Health   healthCommand   `cmd:"" help:"${help_health}"`
	OpenAPI  openapiCommand  `cmd:"" name:"openapi" help:"${help_openapi}"`
	Settings configCommand   `cmd:"" name:"config" help:"${help_config}"`
	Version  versionCommand  `cmd:"" help:"${help_version}"`
}

func main() {
	time.Local = time.UTC
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program with everything it depends on passed in. It returns the
// exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	lang := early(args, environ, "--lang", "PUENTE_LANG")
	if !slices.Contains(web.Languages, lang) {
		lang = web.Languages[0]
	}
	p.words = jobs.Words{Lang: lang, Text: web.Text}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	err := p.execute(args, environ)
	if err == nil {
		return exitDone
	}
	return p.fail(err)
}

// early finds a global flag or its variable before the command line is parsed:
// the language of the parser's own messages, and the configuration file.
func early(args, environ []string, flag, variable string) string {
	value := ""
	for _, pair := range environ {
		if v, ok := strings.CutPrefix(pair, variable+"="); ok {
			value = v
		}
	}
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, flag+"="); ok {
			value = v
		} else if a == flag && i+1 < len(args) {
			value = args[i+1]
		}
	}
	return value
}

// helpShown ends a run that only printed help.
type helpShown struct{}

// execute parses the command line and runs the command it names.
func (p *program) execute(args, environ []string) (err error) {
	source, err := p.load(early(args, environ, "--config", config.FileVariable), environ)
	if err != nil {
		return err
	}
	early := early(args, environ, "--lang", "PUENTE_LANG")
	if lang, _, ok := source.Lookup("lang"); ok && early == "" && slices.Contains(web.Languages, lang) {
		p.words.Lang = lang
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(helpShown); !ok {
				panic(r)
			}
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("puente"), kong.Description(p.say("help.puente", nil)), p.helpTexts(),
		kong.Writers(p.stdout, p.stderr), kong.Help(p.help), kong.Exit(func(int) { panic(helpShown{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
			if value, _, ok := source.Lookup(flag.Name); ok {
				return value, nil
			}
			return nil, nil
		})))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return &usageError{err}
	}
	p.config, p.source, p.parsed, p.json = c.Config, source, parsed, c.JSON
	p.words.Lang = c.Lang
	return parsed.Run(p)
}

// load reads the environment and the configuration file, if one is named.
func (p *program) load(file string, environ []string) (*config.Source, error) {
	var r io.Reader
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return nil, &usageError{err}
		}
		defer f.Close()
		r = f
	}
	source, err := config.Load(environ, r)
	if err != nil {
		return nil, &usageError{err}
	}
	return source, nil
}

// usageError is a command line, an environment or a configuration that does
// not fit the program.
type usageError struct{ err error }

func (u *usageError) Error() string { return u.err.Error() }

// fail tells of an error and chooses the exit code.
func (p *program) fail(err error) int {
	var usage *usageError
	var stop *stopped
	switch {
	case errors.As(err, &stop):
		return stop.code // told already
	case errors.As(err, &usage):
		fmt.Fprintf(p.stderr, "puente: %s\n", p.usage(usage.err))
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(p.stderr, "puente: %s\n", p.say("cli.interrupted", nil))
		return exitInterrupted
	}
	fmt.Fprintf(p.stderr, "puente: %s\n", p.say("cli.failed", map[string]any{"Detail": p.detail(err)}))
	return exitFailed
}

// detail says what failed, in the user's language where the error has words.
func (p *program) detail(err error) string {
	var own *models.Error
	if !errors.As(err, &own) {
		return err.Error()
	}
	text := p.say(own.Key, own.Args)
	if own.Code == models.CodeUnavailable && own.Err != nil && !errors.Is(err, models.ErrNewer) {
		text += " (" + own.Err.Error() + ")"
	}
	return text
}
