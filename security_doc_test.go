package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/security.md anew")

// levels are all requirements of the OWASP Application Security Verification
// Standard 5.0.0: of each section the level of its first, second, third ...
// requirement. The table must have those of levels 1 and 2.
const levels = `
1.1 22          1.2 1111122223  1.3 112222222223  1.4 222    1.5 123
2.1 122         2.2 112         2.3 12223         2.4 23
3.1 3           3.2 113         3.3 12223         3.4 11222233  3.5 11122333  3.6 3  3.7 22333
4.1 12233       4.2 23333       4.3 22            4.4 1222
5.1 2           5.2 112333      5.3 113           5.4 222
6.1 122         6.2 111111112222  6.3 11223333    6.4 112233    6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222         7.2 1111        7.3 22            7.4 11222     7.5 223       7.6 22
8.1 1233        8.2 1123        8.3 133           8.4 23
9.1 111         9.2 1222
10.1 22         10.2 223        10.3 22223        10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
11.1 2233       11.2 22233      11.3 11233        11.4 1222     11.5 23       11.6 23   11.7 33
12.1 12233      12.2 11         12.3 22223
13.1 2333       13.2 222223     13.3 2233         13.4 1222233
14.1 22         14.2 12223333   14.3 122
15.1 12233      15.2 12233      15.3 1222222      15.4 3333
16.1 2          16.2 22222      16.3 2222         16.4 222      16.5 2223
17.1 23         17.2 22223333   17.3 22`

// chapters are the chapters of the standard in our words.
var chapters = []string{
	"Encoding and cleaning", "Validation and the rules of the work", "Browsers", "HTTP and the interface", "Files", "Signing in", "Sessions", "Who may do what",
	"Tokens", "OAuth and OpenID Connect", "Cryptography", "Encrypted connections", "Configuration", "Data", "Code and architecture", "Logs and errors", "WebRTC",
}

// claim is one row of testdata/security.csv: what is asked, and what shows that
// it is so.
type claim struct {
	id, state, means string
	proof            []string // tests as package.TestName or package.TestName/subtest, sections of documents as docs/file.md#section
	note             string
	level            byte // of the standard, 0 otherwise
}

// The states of a claim.
const (
	held     = "held"     // by tests that pass
	document = "document" // a text that is there
	none     = "none"     // it does not apply; the note says why
	unmet    = "open"     // not yet; the note says what is missing
)

func readClaims(t *testing.T) (all []claim) {
	t.Helper()
	f, err := os.Open("testdata/security.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"id", "state", "means", "proof", "note"}; !slices.Equal(rows[0], want) {
		t.Fatalf("the columns are %v, not %v", rows[0], want)
	}
	for _, r := range rows[1:] {
		c := claim{id: r[0], state: r[1], means: r[2], note: r[4]}
		for p := range strings.SplitSeq(r[3], ";") {
			if p = strings.TrimSpace(p); p != "" {
				c.proof = append(c.proof, p)
			}
		}
		all = append(all, c)
	}
	return all
}

// standard are the levels of all requirements by id, with their order.
func standard() (level map[string]byte, order []string) {
	level = map[string]byte{}
	words := strings.Fields(levels)
	for i := 0; i < len(words); i += 2 {
		for n := range len(words[i+1]) {
			id := words[i] + "." + strconv.Itoa(n+1)
			level[id] = words[i+1][n] - '0'
			order = append(order, id)
		}
	}
	return level, order
}

// promises are what the table has besides the standard, by the letter of the
// ids, with how many there are.
var promises = map[string]int{"S": 26, "F": 16}

// checkComplete wants each requirement of levels 1 and 2, each promise and each
// finding once, and nothing unknown.
func checkComplete(t *testing.T, all []claim) {
	t.Helper()
	level, order := standard()
	if count := [4]int{}; true {
		for _, l := range level {
			count[l]++
		}
		if count != [4]int{0, 70, 183, 92} {
			t.Errorf("the standard has 70, 183 and 92 requirements of levels 1, 2, 3, not %v", count[1:])
		}
	}
	for letter, n := range promises {
		for i := range n {
			order = append(order, letter+strconv.Itoa(i+1))
		}
	}
	times := map[string]int{}
	for i := range all {
		c := &all[i]
		c.level = level[c.id]
		if times[c.id]++; !slices.Contains(order, c.id) {
			t.Errorf("%s is no requirement", c.id)
		}
	}
	for _, id := range order {
		if n := times[id]; n > 1 || n == 0 && level[id] != 3 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
}

// checkState wants of a claim what its state says.
func checkState(t *testing.T, c claim) {
	t.Helper()
	tests := 0
	for _, p := range c.proof {
		if !strings.HasPrefix(p, "docs/") && !strings.HasPrefix(p, "SECURITY.md") {
			tests++
		}
	}
	switch {
	case c.means == "":
		t.Errorf("%s says nothing", c.id)
	case c.state == held && tests == 0:
		t.Errorf("%s is held by no test", c.id)
	case c.state == document && (len(c.proof) == 0 || tests > 0):
		t.Errorf("%s: a document, and nothing else; with a test it is held", c.id)
	case (c.state == none || c.state == unmet) && c.note == "":
		t.Errorf("%s gives no reason", c.id)
	case c.state == none && len(c.proof) > 0:
		t.Errorf("%s does not apply, and is proven", c.id)
	case !slices.Contains([]string{held, document, none, unmet}, c.state):
		t.Errorf("%s has the state %q", c.id, c.state)
	}
}

// testFile is where a test is, and every text that stands in its file.
type testFile struct {
	path  string
	texts map[string]bool
}

// testsOf finds the tests of a package that run here: those of files that
// the build tags of this machine leave out are not there.
func testsOf(t *testing.T, folder string) map[string]testFile {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]testFile{}
	for _, name := range names {
		if match, err := build.Default.MatchFile(folder, filepath.Base(name)); err != nil || !match {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					texts[text] = true
				}
			}
			return true
		})
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && regexp.MustCompile(`^(Test|Fuzz)[A-Z]`).MatchString(fn.Name.Name) && len(fn.Type.Params.List) == 1 {
				out[fn.Name.Name] = testFile{filepath.ToSlash(name), texts}
			}
		}
	}
	return out
}

// sectionsOf are the sections of a document as links name them.
func sectionsOf(t *testing.T, name string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
		return nil
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(data), -1) {
		slug := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		out[strings.ReplaceAll(slug, " ", "-")] = m[1]
	}
	return out
}

// proofs looks for what claims name.
type proofs struct {
	t        *testing.T
	tests    map[string]map[string]testFile // by package
	sections map[string]map[string]string   // by document
}

// link finds a proof, and writes it as a link from docs.
func (p *proofs) link(id, proof string) string {
	if name, section, is := strings.Cut(proof, ".md#"); is {
		name += ".md"
		if p.sections[name] == nil {
			p.sections[name] = sectionsOf(p.t, name)
		}
		title, there := p.sections[name][section]
		if !there {
			p.t.Errorf("%s: %s has no section %s", id, name, section)
		}
		to := strings.TrimPrefix(name, "docs/")
		if to == name {
			to = "../" + name
		}
		return fmt.Sprintf("[%s: %s](%s#%s)", filepath.Base(name), title, to, section)
	}
	folder, name, ok := strings.Cut(proof, ".Test")
	prefix := "Test"
	if !ok {
		folder, name, ok = strings.Cut(proof, ".Fuzz")
		prefix = "Fuzz"
	}
	if !ok {
		p.t.Errorf("%s: %q names no test", id, proof)
		return proof
	}
	name, sub, subs := strings.Cut(prefix+name, "/")
	if folder == "main" {
		folder = "."
	}
	if p.tests[folder] == nil {
		p.tests[folder] = testsOf(p.t, folder)
	}
	at, there := p.tests[folder][name]
	switch {
	case !there:
		p.t.Errorf("%s: there is no test %s in %s", id, name, folder)
	case subs && !at.texts[sub] && !isFolder(filepath.Join(folder, "testdata", sub)): // a part may be a folder of examples
		p.t.Errorf("%s: %s has no part %q", id, name, sub)
	case subs:
		name += " / " + sub
	}
	return fmt.Sprintf("[%s](../%s)", name, at.path)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// TestSecurityDocument writes docs/security.md from testdata/security.csv: no
// requirement may be missing, and every test and section that a row names must
// be there. That the tests pass is shown by running all of them.
func TestSecurityDocument(t *testing.T) {
	all := readClaims(t)
	checkComplete(t, all)
	p := &proofs{t, map[string]map[string]testFile{}, map[string]map[string]string{}}
	rows, count := map[string]string{}, map[string]int{}
	for _, c := range all {
		checkState(t, c)
		rows[c.id] = c.row(p)
		if c.level == 1 || c.level == 2 {
			count[c.state]++
		}
	}
	golden := "docs/security.md"
	got := securityDocument(rows, count)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; run the test with -update and read the difference:\n%s", golden, diff)
	}
	t.Logf("of %d requirements of levels 1 and 2: %v", 70+183, count)
}

// row is a claim as a row of the document.
func (c claim) row(p *proofs) string {
	var links []string
	for _, proof := range c.proof {
		links = append(links, p.link(c.id, proof))
	}
	said := strings.Join(links, ", ")
	words := map[string]string{held: "", document: "", none: "*does not apply:* ", unmet: "**open:** "}[c.state]
	if note := words + c.note; note != "" {
		if said != "" {
			said += "; "
		}
		said += note
	}
	id := c.id
	if c.level > 0 {
		id += " | " + string(c.level+'0')
	}
	return fmt.Sprintf("| %s | %s | %s |\n", id, c.means, said)
}

// securityDocument puts the rows together.
func securityDocument(rows map[string]string, count map[string]int) string {
	var b strings.Builder
	head, err := os.ReadFile("testdata/security.md")
	if err != nil {
		panic(err) // it is a part of the repository
	}
	b.WriteString(strings.NewReplacer(
		"{held}", strconv.Itoa(count[held]), "{document}", strconv.Itoa(count[document]), "{none}", strconv.Itoa(count[none]), "{open}", strconv.Itoa(count[unmet]),
		"{all}", strconv.Itoa(count[held]+count[document]+count[none]+count[unmet]),
	).Replace(string(head)))
	_, order := standard()
	chapter := ""
	for _, id := range order {
		if rows[id] == "" {
			continue
		}
		if this, _, _ := strings.Cut(id, "."); this != chapter {
			chapter = this
			n, _ := strconv.Atoi(chapter)
			fmt.Fprintf(&b, "\n### V%s %s\n| id | level | what is asked, in our words | what shows it |\n|---|---|---|---|\n", chapter, chapters[n-1])
		}
		b.WriteString(rows[id])
	}
	for _, part := range []struct{ letter, title, what string }{
		{"S", "Our own promises", "promise"}, {"F", "What was measured before the first line, and holds since", "finding"},
	} {
		fmt.Fprintf(&b, "\n## %s\n| id | %s | what shows it |\n|---|---|---|\n", part.title, part.what)
		for i := range promises[part.letter] {
			b.WriteString(rows[part.letter+strconv.Itoa(i+1)])
		}
	}
	return b.String()
}
