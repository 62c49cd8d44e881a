package main

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"puente/config"
	"puente/script/postgrestest"
)

// avoided are parts of the standard library, with all below them, that the
// program does not need, and the files that may use them all the same.
var avoided = []struct {
	what, why string
	but       []string
}{
	{"crypto/md5", "no hash that can be collided", nil},
	{"crypto/sha1", "no hash that can be collided; HMAC of the codes of apps does not rest on that, and lists of breached passwords are published so", []string{"api/totp.go", "api/breached.go"}},
	{"crypto/des", "AES-256-GCM is the one cipher", nil},
	{"crypto/rc4", "AES-256-GCM is the one cipher", nil},
	{"crypto/cipher", "AES-256-GCM is the one cipher, in the vault", []string{"models/sealed.go"}},
	{"crypto/rsa", "Ed25519 is the one signature", nil},
	{"crypto/dsa", "Ed25519 is the one signature", nil},
	{"crypto/elliptic", "Ed25519 is the one signature", nil},
	{"math/rand", "chance that can be foretold makes people up, and nothing else", []string{"jobs/generate_dice.go"}},
	{"os/exec", "no commands of the system", nil},
	{"plugin", "no code from outside", nil},
	{"unsafe", "memory is Go's", nil},
	{"C", "memory is Go's", nil},
	{"encoding/xml", "no XML", nil},
	{"encoding/gob", "nothing is read into types that it names itself", nil},
	{"archive", "nothing is unpacked", nil},
	{"compress/flate", "nothing is unpacked", nil},
	{"compress/gzip", "answers are compressed, nothing is unpacked", []string{"api/page.go", "web/static.go"}},
	{"net/http/pprof", "nothing to debug with is served", nil},
	{"expvar", "nothing to debug with is served", nil},
	{"net/http/cgi", "no commands of the system", nil},
	{"net/rpc", "one way in", nil},
	{"net/smtp", "mail goes through one library", nil},
	{"testing", "no test in the program", nil},
	{"text/template", "messages are ours, never text from outside", []string{"web/text.go"}},
	{"html/template", "one page of documentation; the others are templ", []string{"api/docs.go"}},
	{"log", "one log, log/slog", nil},
}

// outbound are the only files in which the program begins a connection, listens
// or serves, by the names that do it.
var outbound = map[string][]string{
	"http.Client":       {"jobs/embed.go", "jobs/oidc.go", "jobs/outbound.go", "api/client/client.gen.go"},
	"http.Transport":    {"jobs/embed.go", "jobs/outbound.go", "health.go"},
	"http.Server":       {"api/server.go"},
	"net.Dialer":        {"jobs/outbound.go"},
	"net.ListenConfig":  {"serve.go", "demo.go"},
	"tls.Config":        {"jobs/smtp.go", "jobs/outbound.go"},
	"sql.Open":          {"models/store_sqlite_cgo.go", "models/store_sqlite_nocgo.go"},
	"http.FileServer":   nil,
	"http.FileServerFS": nil,
	"http.Dir":          nil,
	"http.Get":          nil, "http.Post": nil, "http.PostForm": nil, "http.Head": nil, "http.DefaultClient": nil, "http.DefaultTransport": nil,
	"http.ListenAndServe": nil, "http.ListenAndServeTLS": nil, "http.Serve": nil, "http.DefaultServeMux": nil, "http.Handle": nil, "http.HandleFunc": nil,
	"net.Dial": nil, "net.DialTimeout": nil, "net.Listen": nil, "tls.Dial": nil, "smtp.SendMail": nil,
	"gin.Default": nil, "gin.DebugMode": nil, "http.SetCookie": {"api/throttle.go"},
	"template.HTML": nil, "templ.Raw": nil, "template.JS": nil, "template.URL": nil, "templ.URL": nil,
}

// programFile is one file of the program: not a test, not a developers' program.
type programFile struct {
	name string
	*ast.File
}

func programFiles(t *testing.T) (files []programFile) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name == "script":
			return filepath.SkipDir
		case entry.IsDir():
			return skipFolder(name)
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		files = append(files, programFile{filepath.ToSlash(name), f})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 200 {
		t.Fatalf("only %d files were read", len(files))
	}
	return files
}

// TestSourceAvoids reads every file of the program, whatever its build tags, and
// wants nothing of the standard library that there is no need for.
func TestSourceAvoids(t *testing.T) {
	used := map[string]bool{}
	for _, f := range programFiles(t) {
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range avoided {
				if imported != a.what && (!strings.HasPrefix(imported, a.what+"/") || a.what == "log" || a.what == "testing") {
					continue
				}
				if used[a.what+f.name] = true; !slices.Contains(a.but, f.name) {
					t.Errorf("%s imports %s: %s", f.name, imported, a.why)
				}
			}
		}
	}
	for _, a := range avoided {
		for _, name := range a.but {
			if !used[a.what+name] {
				t.Errorf("%s may import %s, and does not", name, a.what)
			}
		}
	}
}

// TestSourceConnects reads where the program begins connections, serves, sets
// cookies or passes HTML on: in the files of a short list, and never without
// looking at certificates. Regular expressions are ours; what comes from
// elsewhere is quoted in them.
func TestSourceConnects(t *testing.T) {
	used := map[string]bool{}
	for _, f := range programFiles(t) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if !ok {
					return true
				}
				name := x.Name + "." + n.Sel.Name
				if files, listed := outbound[name]; listed {
					if used[name+f.name] = true; !slices.Contains(files, f.name) {
						t.Errorf("%s uses %s", f.name, name)
					}
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "InsecureSkipVerify" || k.Name == "CipherSuites" || k.Name == "MaxVersion") {
					t.Errorf("%s sets %s", f.name, k.Name)
				}
			case *ast.CallExpr:
				s, ok := n.Fun.(*ast.SelectorExpr)
				if x, is := s2(s, ok); is && x == "regexp" && strings.HasPrefix(s.Sel.Name, "MustCompile") {
					if _, constant := n.Args[0].(*ast.BasicLit); !constant && f.name != "jobs/json.go" { // which quotes a name of ours
						t.Errorf("%s makes a regular expression of something", f.name)
					}
				}
			}
			return true
		})
	}
	for name, files := range outbound {
		for _, file := range files {
			if !used[name+file] {
				t.Errorf("%s may use %s, and does not", file, name)
			}
		}
	}
}

// s2 is the package of a selector.
func s2(s *ast.SelectorExpr, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return x.Name, true
}

// TestNoDefaultCredentials wants no secret that ships: in the settings, in the
// image, in the composition of both servers.
func TestNoDefaultCredentials(t *testing.T) {
	for f := range reflect.TypeFor[config.Config]().Fields() {
		_, secret := f.Tag.Lookup("secret")
		if secretly := regexp.MustCompile(`(?i)secret|password|key$|database`).MatchString(f.Name); secretly != secret {
			t.Errorf("%s: is it secret?", f.Name)
		}
		if secret && f.Tag.Get("default") != "" {
			t.Errorf("%s has a default", f.Name)
		}
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	compose, image, left := read("compose.yaml"), read("Dockerfile"), read(".dockerignore")
	for _, line := range regexp.MustCompile(`(?m)^\s+\w*(?:PASSWORD|SECRET|KEY): .*$`).FindAllString(compose, -1) {
		if !strings.Contains(line, ":?") && !strings.HasSuffix(line, ":-}") {
			t.Errorf("compose.yaml has a secret: %s", line)
		}
	}
	if m := regexp.MustCompile(`postgres://[^@/]*:[^@/]*@`).FindString(compose); m != "" {
		t.Errorf("compose.yaml has a password: %s", m)
	}
	for _, want := range []string{"FROM scratch", "USER 65532:65532", "-trimpath"} {
		if !strings.Contains(image, want) {
			t.Errorf("the image lacks %s", want)
		}
	}
	if regexp.MustCompile(`(?i)(secret|password|key)=`).MatchString(image) {
		t.Error("the image has a secret")
	}
	for _, name := range []string{".git", "**/*_test.go", "**/testdata", ".env*", "*.key", "*.db", "puente-data"} {
		if !slices.Contains(strings.Split(left, "\n"), name) {
			t.Errorf(".dockerignore lets %s into the image", name)
		}
	}
}

// TestLogInUTC wants the time of every line in UTC, wherever the machine is.
func TestLogInUTC(t *testing.T) {
	at := time.Date(2027, 7, 1, 20, 30, 0, 0, time.FixedZone("Oaxaca", -6*3600))
	for _, form := range []string{"text", "json"} {
		var stderr strings.Builder
		p := &program{stderr: &stderr, config: config.Config{Log: form}}
		record := slog.NewRecord(at, slog.LevelInfo, "request", 0)
		record.AddAttrs(slog.Time("began", at))
		if err := p.log().Handler().Handle(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		if line := stderr.String(); !strings.Contains(line, "2027-07-02T02:30:00.000Z") && !strings.Contains(line, "2027-07-02T02:30:00Z") || strings.Count(line, "\n") != 1 {
			t.Errorf("%s: %s", form, line)
		}
	}
}

// TestPlainRole migrates and serves with a role of PostgreSQL that owns its
// database and may do nothing else.
func TestPlainRole(t *testing.T) {
	dsn := postgrestest.DSN(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	database := conn.Config().Database
	role := database + "_role"
	for _, do := range []string{
		"CREATE ROLE " + role + " LOGIN PASSWORD 'plain' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
		"ALTER DATABASE " + database + " OWNER TO " + role,
	} {
		if _, err := conn.Exec(ctx, do); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // before the database goes, which the first user owns again
		for _, do := range []string{"ALTER DATABASE " + database + " OWNER TO CURRENT_USER", "REASSIGN OWNED BY " + role + " TO CURRENT_USER", "DROP OWNED BY " + role, "DROP ROLE " + role} {
			if c, err := pgx.Connect(ctx, dsn); err == nil {
				if _, err := c.Exec(ctx, do); err != nil {
					t.Error(err)
				}
				_ = c.Close(ctx)
			}
		}
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = nil
	q := u.Query()
	q.Set("user", role)
	q.Set("password", "plain")
	u.RawQuery = q.Encode()
	if code, said := startServer(t, "--data", t.TempDir(), "--database", u.String()).stop(); code != exitDone || len(said) != 2 {
		t.Errorf("exit %d: %q", code, said)
	}
}

// TestSourceOwnership reads who opens answers about ownership: the export of the
// command line, which gives rows to whom they were agreed for, and a copy of all
// that is stored of a person, for that person. No other operation, page or report
// opens any, so none can count by them. One that is to give figures of
// groups must never tell of a small one: this test fails first.
func TestSourceOwnership(t *testing.T) {
	opens := []string{"Ownership", "ProgrammeOwnership", "ExportAccount"}
	opened := map[string]bool{}
	for _, f := range programFiles(t) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains(opens, s.Sel.Name) {
					opened[f.name] = true
				}
			case *ast.BasicLit:
				if strings.Contains(n.Value, "ownership_answers") && !strings.HasPrefix(f.name, "models/ownership") && f.name != "models/inventory.go" {
					t.Errorf("%s has SQL of the answers", f.name)
				}
			}
			return true
		})
	}
	if len(opened) != 3 || !opened["jobs/exchange.go"] || !opened["account.go"] || !opened["api/erase.go"] {
		t.Errorf("answers about ownership are opened in %v", opened)
	}
}
