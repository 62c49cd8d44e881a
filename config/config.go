// Package config says which settings the program has and where their values
// come from: flag before environment before file before default. One tagged
// struct holds them all; the command line, the table of `puente config` and
// the checks are made from it.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Config are the settings of the program itself, not of a programme's rounds.
// The tag variable names the environment variable; secret ones are never
// printed.
type Config struct {
	Lang     string `name:"lang" variable:"PUENTE_LANG" default:"en" enum:"en,es,fr" help:"${help_lang}"`
	Workers  int    `name:"workers" variable:"PUENTE_WORKERS" default:"0" placeholder:"N" help:"${help_workers}"`
	Progress string `name:"progress" variable:"PUENTE_PROGRESS" default:"auto" enum:"auto,always,never" help:"${help_progress}"`

	Addr           string `name:"addr" variable:"PUENTE_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"${help_addr}"`
	PlainHTTP      bool   `name:"plain-http" variable:"PUENTE_PLAIN_HTTP" help:"${help_plain_http}"`
	TrustedProxies string `name:"trusted-proxies" variable:"PUENTE_TRUSTED_PROXIES" placeholder:"NETWORK,..." help:"${help_trusted_proxies}"`
	Rates          int    `name:"rates" variable:"PUENTE_RATES" default:"100" placeholder:"PERCENT" help:"${help_rates}"`
	Log            string `name:"log" variable:"PUENTE_LOG" default:"text" enum:"text,json" help:"${help_log}"`

	Data     string `name:"data" variable:"PUENTE_DATA" default:"puente-data" placeholder:"FOLDER" help:"${help_data}"`
	Database string `name:"database" variable:"PUENTE_DATABASE" secret:"" placeholder:"postgres://..." help:"${help_database}"`
	Secret   string `name:"secret" variable:"PUENTE_SECRET" secret:"" placeholder:"KEY" help:"${help_secret}"`
	URL      string `name:"url" variable:"PUENTE_URL" placeholder:"https://HOST" help:"${help_url}"`

	Breached string `name:"breached-passwords" variable:"PUENTE_BREACHED_PASSWORDS" placeholder:"FILE" help:"${help_breached_passwords}"`

	SMTPHost     string `name:"smtp-host" variable:"PUENTE_SMTP_HOST" placeholder:"HOST" help:"${help_smtp_host}"`
	SMTPPort     int    `name:"smtp-port" variable:"PUENTE_SMTP_PORT" default:"0" placeholder:"PORT" help:"${help_smtp_port}"`
	SMTPUser     string `name:"smtp-user" variable:"PUENTE_SMTP_USER" placeholder:"NAME" help:"${help_smtp_user}"`
	SMTPPassword string `name:"smtp-password" variable:"PUENTE_SMTP_PASSWORD" secret:"" placeholder:"PASSWORD" help:"${help_smtp_password}"`
	SMTPTLS      string `name:"smtp-tls" variable:"PUENTE_SMTP_TLS" default:"starttls" enum:"starttls,tls,none" help:"${help_smtp_tls}"`
	MailFrom     string `name:"mail-from" variable:"PUENTE_MAIL_FROM" placeholder:"ADDRESS" help:"${help_mail_from}"`
	MailReplyTo  string `name:"mail-reply-to" variable:"PUENTE_MAIL_REPLY_TO" placeholder:"ADDRESS" help:"${help_mail_reply_to}"`

	EmbeddingsURL   string `name:"embeddings-url" variable:"PUENTE_EMBEDDINGS_URL" placeholder:"https://HOST/v1" help:"${help_embeddings_url}"`
	EmbeddingsModel string `name:"embeddings-model" variable:"PUENTE_EMBEDDINGS_MODEL" placeholder:"NAME" help:"${help_embeddings_model}"`
	EmbeddingsKey   string `name:"embeddings-key" variable:"PUENTE_EMBEDDINGS_KEY" secret:"" placeholder:"KEY" help:"${help_embeddings_key}"`
}

// FileVariable names the configuration file in the environment.
const FileVariable = "PUENTE_CONFIG"

// prefix marks the variables that are ours; an unknown one is an error, since
// a misspelt setting would otherwise be ignored in silence.
const prefix = "PUENTE_"

// Setting is one setting, its value, and where the value came from.
type Setting struct {
	Name     string `json:"name"`
	Variable string `json:"variable"`
	Value    string `json:"value"`
	Origin   string `json:"origin"` // "flag", "environment", "file" or "default"
}

// Origins of values.
const (
	FromFlag        = "flag"
	FromEnvironment = "environment"
	FromFile        = "file"
	FromDefault     = "default"
)

// Source looks values up in the environment and then in a file. It is made by
// [Load].
type Source struct {
	env, file map[string]string // by setting
}

// Load reads the environment, as os.Environ gives it, and the configuration
// file: a JSON object of settings by name. A nil file is an empty one. Unknown
// variables and members are errors, all listed.
func Load(environ []string, file io.Reader) (*Source, error) {
	s := &Source{env: map[string]string{}, file: map[string]string{}}
	byVariable := map[string]string{}
	known := map[string]bool{}
	for _, f := range fields() {
		byVariable[f.Tag.Get("variable")], known[f.Tag.Get("name")] = f.Tag.Get("name"), true
	}
	var problems []error
	for _, pair := range environ {
		variable, value, _ := strings.Cut(pair, "=")
		name, ours := byVariable[variable]
		switch {
		case ours:
			s.env[name] = value
		case strings.HasPrefix(variable, prefix) && variable != FileVariable:
			problems = append(problems, &Unknown{Variable: variable})
		}
	}
	if file != nil {
		problems = append(problems, s.read(file, known)...)
	}
	return s, errors.Join(problems...)
}

// Unknown is a variable or a member of the file that is no setting.
type Unknown struct{ Variable, Member string }

func (u *Unknown) Error() string { return "unknown setting " + u.Variable + u.Member }

// maxFile is the size of a configuration file at most.
const maxFile = 1 << 20

// read fills the values of the file.
func (s *Source) read(file io.Reader, known map[string]bool) (problems []error) {
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return []error{err}
	}
	var members map[string]json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&members); err != nil {
		return []error{err}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return []error{errors.New("text after the JSON object")}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !known[name] {
			problems = append(problems, &Unknown{Member: name})
			continue
		}
		var text string
		if json.Unmarshal(members[name], &text) != nil {
			text = string(members[name])
		}
		s.file[name] = text
	}
	return problems
}

// Lookup returns the value of a setting that no flag gave, and its origin;
// false where neither environment nor file has one.
func (s *Source) Lookup(name string) (value, origin string, ok bool) {
	if v, ok := s.env[name]; ok {
		return v, FromEnvironment, true
	}
	if v, ok := s.file[name]; ok {
		return v, FromFile, true
	}
	return "", FromDefault, false
}

// Settings lists all settings with their values in c and their origins; flag
// tells which ones the command line gave. Secrets show only whether they are
// set.
func (s *Source) Settings(c Config, flag func(name string) bool) []Setting {
	var out []Setting
	values := reflect.ValueOf(c)
	for i, f := range fields() {
		set := Setting{Name: f.Tag.Get("name"), Variable: f.Tag.Get("variable"), Value: fmt.Sprint(values.Field(i).Interface())}
		_, set.Origin, _ = s.Lookup(set.Name)
		if flag(set.Name) {
			set.Origin = FromFlag
		}
		if _, secret := f.Tag.Lookup("secret"); secret && set.Value != "" {
			set.Value = "***"
		}
		out = append(out, set)
	}
	return out
}

func fields() []reflect.StructField {
	return reflect.VisibleFields(reflect.TypeFor[Config]())
}
