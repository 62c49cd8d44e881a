package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"puente/api"
	"puente/jobs"
	"puente/matching"
	"puente/models"
	"puente/web"
)

// auditOfAccount is how an action is noted of an account.
var auditOfAccount = regexp.MustCompile(`"([a-z]+)\.([a-z_]+)", "accounts"`)

// keysOfAudit are those of the words for what the audit log says of accounts.
func keysOfAudit(t *testing.T) (keys []string) {
	t.Helper()
	names, err := filepath.Glob("models/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range auditOfAccount.FindAllSubmatch(data, -1) {
			if !strings.HasSuffix(name, "_test.go") {
				keys = append(keys, "audit."+string(m[1])+"_"+string(m[2]))
			}
		}
	}
	if len(keys) < 20 {
		t.Errorf("only %d actions: %q", len(keys), keys)
	}
	return keys
}

// exists says whether there are words for a key.
func exists(key string) bool { return web.Text("en", key, map[string]any{"Count": 1}) != key }

// TestMessageKeysOnce wants every key once: of two, one would be lost in silence.
func TestMessageKeysOnce(t *testing.T) {
	for _, lang := range []string{"en", "es", "fr"} {
		seen := map[string]string{}
		names, err := filepath.Glob("web/messages/*." + lang + ".json")
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range keyLine.FindAllSubmatch(data, -1) {
				key := string(m[1])
				if at, twice := seen[key]; twice {
					t.Errorf("%s is in %s and in %s", key, at, name)
				}
				seen[key] = name
			}
		}
	}
}

// keyLine is the beginning of a message, each in a line of its own.
var keyLine = regexp.MustCompile(`(?m)^  "([\w.]+)":`)

// TestMessageKeysExist finds every message key in the program's source, and
// every key that is put together from a table, and wants words for it.
func TestMessageKeysExist(t *testing.T) {
	groups := map[string]bool{}
	names, err := filepath.Glob("web/messages/*.en.json")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(data, &messages); err != nil {
			t.Fatal(err)
		}
		for key := range messages {
			groups[strings.SplitN(key, ".", 2)[0]] = true
			used[key] = false
		}
	}
	for key := range keysInSource(t, groups) {
		used[key] = true
		if !exists(key) {
			t.Errorf("no words for %s", key)
		}
	}
	var made []string
	for _, f := range matching.Facts {
		made = append(made, "why."+string(f))
	}
	for i := range matching.AnswerKinds {
		made = append(made, "change."+matching.AnswerKinds[i].Name)
	}
	for _, a := range jobs.Assumptions {
		made = append(made, "assume."+a.Name, "assume."+a.Kind)
	}
	for _, t := range jobs.Tastes {
		made = append(made, "taste."+t.Name)
	}
	for _, r := range matching.RuleNames() {
		made = append(made, "rule."+r)
	}
	for i := range matching.Factors {
		name := matching.Factors[i].Name
		made = append(made, "factor."+name, "tune.label_"+name, "tune.hint_"+name)
	}
	for _, r := range []matching.Reason{matching.ReasonFull, matching.ReasonNoCandidate, matching.ReasonNoGain, matching.ReasonGroups, matching.ReasonPlaces, matching.ReasonNotChosen, matching.ReasonUnacceptable, matching.ReasonTaken, matching.ReasonOutranked, matching.ReasonNotPreferred, matching.ReasonNotDrawn, matching.ReasonGap} {
		made = append(made, "unpaired."+string(r))
	}
	for _, rule := range []string{
		matching.RuleCover, matching.RuleMinimum, matching.RuleMust, matching.RuleLock, "never", "cross_border", "language", "overlap",
	} {
		made = append(made, "whatif.rule_"+rule)
	}
	for _, kind := range models.MailKinds {
		made = append(made, "mail."+string(kind)+"_subject", "mail."+string(kind)+"_text", "mail."+string(kind)+"_ignore")
	}
	for _, state := range []models.MailState{models.MailWaiting, models.MailSent, models.MailKept, models.MailFailed} {
		made = append(made, "mailbox.state_"+string(state))
	}
	for _, why := range []string{api.BreachedKind, api.BreachedEmpty, api.BreachedForm, api.BreachedOrder} {
		made = append(made, "usage.breached_"+why)
	}
	for _, fault := range []models.AuditFault{models.AuditChanged, models.AuditMissing, models.AuditUnlinked, models.AuditUnknown} {
		made = append(made, "audit."+string(fault))
	}
	made = append(made, keysOfAudit(t)...)
	for _, key := range made {
		used[key] = true
		if !exists(key) {
			t.Errorf("no words for %s", key)
		}
	}
	prefixes := regexp.MustCompile(`^(level|edit|staff|state|match\.unmatched_|check\.kind_|progress|config\.from_|verify|witness|mail\.[a-z_]+_button|me\.side_|admin\.(role|grant|grants|demographics|cover)_|help|import|problem|validation|apidocs|scope)`)
	for key, is := range used {
		if !is && !prefixes.MatchString(key) {
			t.Errorf("%s is said nowhere", key)
		}
	}
}

// TestPagesKnowTheStore wants words for every state of profiles, rounds, runs
// and offers, a name for every state of a round, and the store's reasons for
// declining on the forms of both sides.
func TestPagesKnowTheStore(t *testing.T) {
	words := func(states ...string) {
		for _, state := range states {
			if !exists("state." + state) {
				t.Errorf("no words for the state %s", state)
			}
		}
	}
	for _, step := range models.ProfileTransitions {
		words(string(step.From), string(step.To))
	}
	for _, step := range models.RunTransitions {
		words(string(step.From), string(step.To))
	}
	for _, step := range models.OfferTransitions {
		words(string(step.From), string(step.To))
	}
	for _, step := range models.RoundTransitions {
		words(string(step.From), string(step.To))
		for _, state := range []string{string(step.From), string(step.To)} {
			if web.RoundState("en", state) == state {
				t.Errorf("the state %s of a round has no name", state)
			}
		}
	}
	for _, side := range []string{web.SideMentor, web.SideMentee} {
		var codes []string
		for _, o := range web.DeclineFields("en", side, nil, nil)[0].Options {
			codes = append(codes, o.Value)
		}
		if !slices.Equal(codes, models.DeclineReasons) {
			t.Errorf("a %s can decline because of %q", side, codes)
		}
	}
}

// keysInSource collects the string literals of the program that are message
// keys of one of the groups.
func keysInSource(t *testing.T, groups map[string]bool) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	shape := regexp.MustCompile(`^([a-z]+)\.[a-z][a-z0-9_]*[a-z0-9]$`)
	for _, pattern := range []string{"*.go", "api/*.go", "jobs/*.go", "models/*.go", "web/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					if m := shape.FindStringSubmatch(text); m != nil && groups[m[1]] && !strings.HasSuffix(text, ".json") && !strings.HasSuffix(text, ".js") && !strings.HasSuffix(text, ".csv") {
						keys[text] = true
					}
				}
				return true
			})
		}
	}
	return keys
}
