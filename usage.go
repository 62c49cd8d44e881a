package main

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"puente/config"
)

// helpTexts are the help texts of every flag and command in the user's
// language: a tag ${help_name} is the message help.name.
func (p *program) helpTexts() kong.Vars {
	vars := kong.Vars{}
	collectHelp(reflect.TypeFor[cli](), func(name string) { vars["help_"+name] = p.say("help."+name, nil) })
	return vars
}

var helpVariable = regexp.MustCompile(`\$\{help_(\w+)\}`)

// collectHelp finds the help variables in the tags of a command line's struct.
func collectHelp(t reflect.Type, found func(name string)) {
	for f := range t.Fields() {
		if m := helpVariable.FindStringSubmatch(f.Tag.Get("help")); m != nil {
			found(m[1])
		}
		if f.Type.Kind() == reflect.Struct {
			collectHelp(f.Type, found)
		}
	}
}

// help prints kong's help with its few fixed words in the user's language.
func (p *program) help(options kong.HelpOptions, ctx *kong.Context) error {
	out := ctx.Stdout
	var b bytes.Buffer
	ctx.Stdout = &b
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	r := strings.NewReplacer(
		"Usage: ", p.say("help.word_usage", nil)+" ", "Arguments:\n", p.say("help.word_arguments", nil)+"\n",
		"Flags:\n", p.say("help.word_flags", nil)+"\n", "Commands:\n", p.say("help.word_commands", nil)+"\n",
		"Settings:\n", p.say("help.word_settings", nil)+"\n",
		"Show context-sensitive help.", p.say("help.word_help", nil),
		`Run "puente <command> --help" for more information on a command.`, p.say("help.word_more", nil))
	_, err = io.WriteString(out, r.Replace(b.String()))
	return err
}

// usages recognises what the parser says and names the message for it; the
// groups of the pattern are its arguments A and B.
var usages = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^unknown flag ([^,]+)`), "usage.unknown_flag"},
	{regexp.MustCompile(`^missing flags?: (.+)$`), "usage.missing_flags"},
	{regexp.MustCompile(`^unexpected argument ([^,]+)`), "usage.unexpected_argument"},
	{regexp.MustCompile(`^expected (?:one of )?(.+)$`), "usage.expected"},
	{regexp.MustCompile(`^(--[\w-]+): (?:missing value|expected .* but got .* \((?:<EOL>|long flag|short flag)\))`), "usage.missing_value"},
	{regexp.MustCompile(`^(--[\w-]+)(?:=\S+)?: expected .* but got (.+)$`), "usage.wrong_value"},
	{regexp.MustCompile(`^(--[\w-]+) must be one of (.+) but got`), "usage.one_of"},
}

// usage says in the user's language what is wrong with the command line, the
// environment or the configuration file.
func (p *program) usage(err error) string {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, one := range list.Unwrap() {
			lines = append(lines, p.usage(one))
		}
		return strings.Join(lines, "\npuente: ")
	}
	if unknown, ok := errors.AsType[*config.Unknown](err); ok {
		if unknown.Variable != "" {
			return p.say("usage.unknown_variable", map[string]any{"Name": unknown.Variable})
		}
		return p.say("usage.unknown_member", map[string]any{"Name": unknown.Member})
	}
	for _, u := range usages {
		if m := u.pattern.FindStringSubmatch(err.Error()); m != nil {
			args := map[string]any{"A": m[1]}
			if len(m) > 2 {
				args["B"] = m[2]
			}
			return p.say(u.key, args)
		}
	}
	return err.Error()
}
