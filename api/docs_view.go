package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/web"
)

// The views of this file are what docs.html shows. They are made from the
// document; what it lacks, the page lacks too.

// docsView is the page in one language.
type docsView struct {
	Lang, Version, About string
	Languages            []string
	Style                string
	Rights, Scopes       []docsTerm
	Rates                []docsRate
	Problems             []docsProblem
	Headers              []docsTerm
	Groups               []docsGroup
	Schemas              []docsSchema
}

// docsTerm is a code and what it means.
type docsTerm struct{ Code, Words string }

// Anchor is the code as a part of an address.
func (t docsTerm) Anchor() string { return strings.ReplaceAll(t.Code, ":", "-") }

// docsRate is how often a kind of operations may be asked; Account is 0 where
// no operation of the kind has an account.
type docsRate struct {
	Class, Words              string
	Account, Network, Seconds int
}

// docsProblem is a code of problems.
type docsProblem struct {
	Code, Words string
	Status      int
}

// docsGroup is the operations of a tag.
type docsGroup struct {
	Tag, Title string
	Operations []docsOperation
}

// docsOperation is one operation.
type docsOperation struct {
	*huma.Operation // without its fields of the same names
	Method, Path    string
	Who             []string
	Scope           docsTerm // without a code for operations that need no account
	Session         bool     // no key opens it
	MaxBytes        int64    // 0 without a body
	Rate            docsRate
	Parameters      []docsRow
	Body            *docsBody
	Example         string // as a line for a shell
	Answers         []docsAnswer
	Problems        []docsProblem
}

// docsRow is a parameter or a member of an object.
type docsRow struct {
	Name, In, Says string
	Types          []docsType
	Limits         docsLimits
	Required       bool
}

// docsType is a type: Before and Name say it, Name by a link if it is a schema.
type docsType struct {
	Before, Name, After string
	Schema              bool
}

// docsTable is rows, and whether their places are shown.
type docsTable struct {
	In   bool
	Rows []docsRow
}

// ParameterTable is the table of the parameters.
func (o docsOperation) ParameterTable() docsTable { return docsTable{true, o.Parameters} }

// Table is the table of the members.
func (b docsBody) Table() docsTable { return docsTable{false, b.Rows} }

// docsLimits is what a value may be besides its type.
type docsLimits struct {
	Words   []string
	Codes   []string
	Pattern string
	Default string
}

// docsBody is what a request or an answer holds.
type docsBody struct {
	Media, Says string
	Types       []docsType
	Rows        []docsRow
	Example     string // indented JSON; empty for what is no JSON
}

// docsAnswer is an answer that is a success.
type docsAnswer struct {
	Status, Says string
	Headers      []string // those that not every answer has
	Body         *docsBody
}

// docsSchema is a schema of the document.
type docsSchema struct {
	Name string
	docsBody
	Limits docsLimits
}

// docsPart is a part of a text: a name of the interface, or words.
type docsPart struct {
	Words string
	Code  bool
}

// prose reads what stands between backquotes as names of the interface.
func prose(text string) (parts []docsPart) {
	for i, part := range strings.Split(text, "`") {
		parts = append(parts, docsPart{part, i%2 == 1})
	}
	return parts
}

// docsMaker makes the views of one language.
type docsMaker struct {
	lang string
	api  *huma.OpenAPI
}

func (d docsMaker) say(key string) string { return web.Text(d.lang, "apidocs."+key, nil) }

// word is a message for a code, and the code itself where there is none.
func (d docsMaker) word(key, code string) string {
	if text := web.Text(d.lang, key, nil); text != key {
		return text
	}
	return code
}

// view makes the whole page.
func (d docsMaker) view() docsView {
	v := docsView{
		Lang: d.lang, Version: d.api.Info.Version, About: d.api.Info.Description, Languages: web.Languages, Style: web.Asset("puente.css"),
		Groups: d.groups(), Schemas: d.schemas(), Problems: d.problems(nil),
	}
	for _, r := range []right{anyone, signedIn, participant, owner, reviewer, manager, auditor, admin} {
		v.Rights = append(v.Rights, docsTerm{string(r), d.right(string(r))})
	}
	for _, scope := range scopes() {
		v.Scopes = append(v.Scopes, docsTerm{scope, web.ScopeText(d.lang, scope)})
	}
	for _, class := range []RateClass{Reading, Writing, Computing, Signing, Copying} {
		v.Rates = append(v.Rates, d.rate(rateExtension(class, true)))
	}
	for _, name := range slices.Sorted(maps.Keys(d.api.Components.Headers)) {
		v.Headers = append(v.Headers, docsTerm{name, d.api.Components.Headers[name].Description})
	}
	return v
}

func (d docsMaker) right(code string) string {
	return d.word("apidocs.right_"+strings.ReplaceAll(code, " ", "_"), code)
}

// rate reads an x-rate-limit.
func (d docsMaker) rate(x any) docsRate {
	m, _ := x.(map[string]any)
	class, _ := m["class"].(string)
	account, _ := m["account"].(int)
	network, _ := m["network"].(int)
	seconds, _ := m["seconds"].(int)
	return docsRate{class, d.word("apidocs.rate_"+class, class), account, network, seconds}
}

// problems are the codes of problems by status, all of them for nil.
func (d docsMaker) problems(of map[string]*huma.Response) (all []docsProblem) {
	for code, status := range statuses {
		if of == nil || of[strconv.Itoa(status)] != nil {
			all = append(all, docsProblem{string(code), web.Text(d.lang, "problem."+string(code), nil), status})
		}
	}
	slices.SortFunc(all, func(a, b docsProblem) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// groups are the operations by tag, in the order of the tags' names in the
// language; within a group by path.
func (d docsMaker) groups() (all []docsGroup) {
	byTag := map[string][]docsOperation{}
	for path, item := range d.api.Paths {
		for method, o := range operationsOf(item) {
			tag := append(slices.Clone(o.Tags), "others")[0]
			byTag[tag] = append(byTag[tag], d.operation(method, path, o))
		}
	}
	for tag, operations := range byTag {
		slices.SortFunc(operations, func(a, b docsOperation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		all = append(all, docsGroup{tag, d.word("apidocs.tag_"+tag, tag), operations})
	}
	slices.SortFunc(all, func(a, b docsGroup) int { return cmp.Compare(a.Title, b.Title) })
	return all
}

func (d docsMaker) operation(method, path string, o *huma.Operation) docsOperation {
	v := docsOperation{Operation: o, Method: method, Path: path, Rate: d.rate(o.Extensions["x-rate-limit"]), Problems: d.problems(o.Responses)}
	who, _ := o.Extensions["x-authz"].([]string)
	for _, code := range who {
		v.Who = append(v.Who, d.right(code))
	}
	scope, _ := o.Extensions["x-scope"].(string)
	if v.Session = scope == scopeSession; scope != "" && !v.Session {
		v.Scope = docsTerm{scope, web.ScopeText(d.lang, scope)}
	}
	v.MaxBytes, _ = o.Extensions["x-max-bytes"].(int64)
	for _, p := range o.Parameters {
		says := cmp.Or(p.Description, p.Schema.Description)
		v.Parameters = append(v.Parameters, docsRow{p.Name, p.In, says, d.types(p.Schema), d.limits(p.Schema), p.Required})
	}
	if o.RequestBody != nil {
		v.Body = d.body(o.RequestBody.Content, true)
	}
	v.Example = d.shell(v)
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if r := o.Responses[status]; r.Ref == "" {
			v.Answers = append(v.Answers, docsAnswer{status, r.Description, rareHeaders(r.Headers), d.body(r.Content, false)})
		}
	}
	return v
}

// rareHeaders are the names of headers that not every answer has.
func rareHeaders(headers map[string]*huma.Param) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if !slices.Contains([]string{"X-Request-Id", "RateLimit", "RateLimit-Policy"}, name) {
			names = append(names, name)
		}
	}
	return names
}

// body says what a request or an answer holds, nil for nothing. The members
// are listed for requests; those of answers stand at their schema.
func (d docsMaker) body(content map[string]*huma.MediaType, members bool) *docsBody {
	kinds := slices.Sorted(maps.Keys(content))
	if len(kinds) == 0 {
		return nil
	}
	m := content[kinds[0]] // the program has one each
	b := &docsBody{Media: kinds[0], Says: m.Schema.Description, Types: d.types(m.Schema)}
	if m.Example != nil {
		b.Example = indented(m.Example)
	}
	if members || m.Schema.Ref == "" {
		b.Rows = d.members(d.resolved(m.Schema))
	}
	return b
}

func (d docsMaker) resolved(s *huma.Schema) *huma.Schema {
	if s.Ref == "" {
		return s
	}
	return d.api.Components.Schemas.SchemaFromRef(s.Ref)
}

// members are the rows of an object's members, by name.
func (d docsMaker) members(s *huma.Schema) (rows []docsRow) {
	names := maps.Clone(s.Properties)
	for _, name := range s.Required { // a schema may name what it does not describe
		if names[name] == nil {
			rows = append(rows, docsRow{Name: name, Required: true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		of := names[name]
		rows = append(rows, docsRow{Name: name, Says: of.Description, Types: d.types(of), Limits: d.limits(of), Required: slices.Contains(s.Required, name)})
	}
	return rows
}

func (d docsMaker) schemas() (all []docsSchema) {
	schemas := d.api.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[name]
		all = append(all, docsSchema{name, docsBody{Says: s.Description, Types: d.types(s), Rows: d.members(s)}, d.limits(s)})
	}
	return all
}

// types says the type of a value: one, or several of which it has one.
func (d docsMaker) types(s *huma.Schema) (all []docsType) {
	choices := slices.Concat(s.OneOf, s.AnyOf, s.AllOf)
	switch {
	case s.Ref != "":
		all = []docsType{{Name: s.Ref[strings.LastIndexByte(s.Ref, '/')+1:], Schema: true}}
	case len(choices) > 0:
		for _, c := range choices {
			all = append(all, d.types(c)...)
		}
	case s.Type == huma.TypeArray && s.Items != nil:
		all = d.within("list_of", s.Items)
	case s.Type == huma.TypeObject && len(s.Properties) == 0:
		all = []docsType{{Name: huma.TypeObject}}
		if of, typed := s.AdditionalProperties.(*huma.Schema); typed && (of.Type != "" || of.Ref != "") {
			all = d.within("map_of", of)
		}
	case s.Type == "":
		all = []docsType{{Name: "JSON"}}
	default:
		all = []docsType{{Name: s.Type}}
		if s.Format != "" {
			all[0].After = " (" + s.Format + ")"
		}
	}
	if s.Nullable {
		all = append(all, docsType{Name: "null"})
	}
	return all
}

// within says the types of what a list or a map holds.
func (d docsMaker) within(key string, s *huma.Schema) []docsType {
	all := d.types(s)
	for i := range all {
		all[i].Before = d.say(key) + " " + all[i].Before
	}
	return all
}

// limits says what a value may be, and those in a list.
func (d docsMaker) limits(s *huma.Schema) docsLimits {
	l := docsLimits{Pattern: s.Pattern}
	add := func(key, text string) {
		if text != "" {
			l.Words = append(l.Words, strings.TrimSpace(d.say(key)+" "+text))
		}
	}
	add("items", interval(s.MinItems, s.MaxItems))
	add("properties", interval(s.MinProperties, s.MaxProperties))
	add("characters", interval(s.MinLength, s.MaxLength))
	add("value", interval(s.Minimum, s.Maximum))
	for _, code := range s.Enum {
		l.Codes = append(l.Codes, fmt.Sprint(code))
	}
	if s.Default != nil {
		l.Default = fmt.Sprint(s.Default)
	}
	if s.Items != nil {
		each := d.limits(s.Items)
		l.Words = append(l.Words, each.Words...)
		l.Codes, l.Pattern = append(l.Codes, each.Codes...), cmp.Or(l.Pattern, each.Pattern)
	}
	return l
}

// interval writes bounds that are both contained; empty without any.
func interval[N int | float64](low, high *N) string {
	write := func(n *N) string { return strconv.FormatFloat(float64(*n), 'f', -1, 64) }
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return "≥ " + write(low)
	case low == nil:
		return "≤ " + write(high)
	case *low == *high:
		return write(low)
	}
	return write(low) + "–" + write(high)
}

// shell writes a request for a shell: every header that matters, the query
// that must be there, the example of the body.
func (d docsMaker) shell(o docsOperation) string {
	path, query, headers := o.Path, []string(nil), []string(nil)
	for _, p := range o.Operation.Parameters {
		value := fmt.Sprint(cmp.Or[any](p.Example, sample(d.api.Components.Schemas, p.Schema, 0)))
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", value)
		case p.In == "query" && p.Required:
			query = append(query, p.Name+"="+value)
		case p.In == "header" && (p.Required || p.Name == "Idempotency-Key" || p.Name == "If-Match"):
			headers = append(headers, p.Name+": "+strings.Trim(value, `"`))
			if p.Name == "If-Match" {
				headers[len(headers)-1] = p.Name + `: "` + strings.Trim(value, `"`) + `"`
			}
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	parts := []string{`curl -s "$SITE` + path + `"`}
	if o.Method != http.MethodGet && (o.Method != http.MethodPost || o.Body == nil) {
		parts[0] = "curl -s -X " + o.Method + ` "$SITE` + path + `"`
	}
	if len(o.Security) > 0 {
		parts = append(parts, `-H "Authorization: Bearer $TOKEN"`)
	}
	for _, h := range headers {
		parts = append(parts, "-H '"+h+"'")
	}
	if o.Body != nil {
		parts = append(parts, "-H 'Content-Type: "+o.Body.Media+"'", "-d '"+strings.ReplaceAll(o.Body.Example, "'", `'\''`)+"'")
	}
	return strings.Join(parts, " \\\n  ")
}

// indented writes JSON for reading.
func indented(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
