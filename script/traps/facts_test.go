package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/utils/tests"
)

// The traps themselves: what the libraries really do. When one of these fails
// after an upgrade, its rule may have lost its reason.

type mentor struct {
	ID     string
	Active bool
	Owner  string
}

type offer struct {
	ID       string
	MentorID string
	Mentor   mentor
}

// dry is a handle that makes statements and sends none.
func dry(t *testing.T) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(tests.DummyDialector{}, &gorm.Config{DryRun: true, Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestFactsGORM compares the statements that GORM makes.
func TestFactsGORM(t *testing.T) {
	db := dry(t)
	var all []mentor
	chain := func() *gorm.DB {
		q := db.Where("a = 1")
		q.Where("b = 2")
		return q.Where("c = 3").Find(&all)
	}
	split := func() *gorm.DB {
		q := db.Where("a = 1").Session(&gorm.Session{})
		q.Where("b = 2")
		return q.Where("c = 3").Find(&all)
	}
	for _, c := range []struct {
		name string
		done *gorm.DB
		want string // pattern of the statement
	}{
		{"gormzero: a false field is not written", db.Model(&mentor{}).Where("id = 1").Updates(mentor{Active: false, Owner: "x"}), "SET `owner`=\\? WHERE"},
		{"gormzero: Select writes it", db.Model(&mentor{}).Where("id = 1").Select("active", "owner").Updates(mentor{Owner: "x"}), "SET `active`=\\?,`owner`=\\?"},
		{"gormzero: a map writes it", db.Model(&mentor{}).Where("id = 1").Updates(map[string]any{"active": false}), "SET `active`=\\?"},
		{"gormcond: a zero owner is everybody", db.Where(&mentor{Owner: ""}).Find(&all), "FROM `mentors`$"},
		{"gormcond: an empty map is everybody", db.Where(map[string]any{}).Find(&all), "FROM `mentors`$"},
		{"gormcond: an empty slice is everybody", db.Where([]string{}).Find(&all), "FROM `mentors`$"},
		{"gormcond: an empty id is anybody", db.First(&mentor{}, ""), "FROM `mentors` ORDER BY `mentors`.`id` LIMIT"},
		{"gormcond: a text is SQL", db.First(&mentor{}, "1=1 OR x"), "WHERE 1=1 OR x"},
		{"gormcond: an argument is none", db.First(&mentor{}, "id = ?", "1=1"), "WHERE id = \\?"},
		{"gormsql: Order takes anything", db.Order("(SELECT 1)").Find(&all), "ORDER BY \\(SELECT 1\\)"},
		{"gormsql: Group takes anything", db.Group("id HAVING 1=1").Find(&all), "GROUP BY id HAVING 1=1"},
		{"gormsql: Select takes anything", db.Select("id", "(SELECT 1)").Find(&all), "SELECT `id`,\\(SELECT 1\\)"},
		{"gormsql: a column by its name is quoted", db.Order(clause.OrderByColumn{Column: clause.Column{Name: "(SELECT 1)"}}).Find(&all), "ORDER BY `\\(SELECT 1\\)`"},
		{"gormreuse: conditions add up", chain(), "WHERE a = 1 AND b = 2 AND c = 3"},
		{"gormreuse: a session ends that", split(), "WHERE a = 1 AND c = 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.done.Statement.SQL.String(); !regexp.MustCompile(c.want).MatchString(got) || c.done.Error != nil {
				t.Errorf("got %s, %v, want %s", got, c.done.Error, c.want)
			}
		})
	}
}

func TestFactsGORMErrors(t *testing.T) {
	db := dry(t)
	if err := db.Delete(&mentor{}).Error; !errors.Is(err, gorm.ErrMissingWhereClause) {
		t.Errorf("gormall: Delete without a condition gives %v", err)
	}
	if done := db.Session(&gorm.Session{AllowGlobalUpdate: true}).Delete(&mentor{}); //nolint:forbidigo // the trap itself
	done.Statement.SQL.String() != "DELETE FROM `mentors`" {
		t.Errorf("gormall: AllowGlobalUpdate makes %s, %v", done.Statement.SQL.String(), done.Error)
	}
	find, first := db.Where("id = 'x'").Find(&mentor{}), db.Where("id = 'x'").First(&mentor{})
	if find.Statement.RaiseErrorOnNotFound || !first.Statement.RaiseErrorOnNotFound {
		t.Error("gormfind: Find asks for an error, or First does not")
	}
	if db.Statement.Context != context.Background() {
		t.Error("gormcontext: a new handle has a context")
	}
	var tables []string
	if err := db.Callback().Create().Before("gorm:create").Register("tables", func(tx *gorm.DB) { tables = append(tables, tx.Statement.Table) }); err != nil {
		t.Fatal(err)
	}
	o := &offer{ID: "1", MentorID: "2", Mentor: mentor{ID: "2"}}
	for _, c := range []struct{ how, want string }{{"", "mentors offers"}, {clause.Associations, "offers"}} {
		tables = nil
		if err := db.Omit(c.how).Create(o).Error; err != nil || strings.Join(tables, " ") != c.want {
			t.Errorf("gormassoc: Omit(%q).Create writes %v, %v, want %s", c.how, tables, err, c.want)
		}
	}
}

func TestFactsGin(t *testing.T) {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	var kept *gin.Context
	ran, client := false, ""
	engine.GET("/abort", func(c *gin.Context) {
		c.AbortWithStatus(http.StatusForbidden)
		ran, kept, client = true, c, c.ClientIP() //nolint:forbidigo // the trap itself
	})
	engine.GET("/redirect", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/"+c.Query("next")) })
	ask := func(path string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("X-Forwarded-For", "192.0.2.99")
		engine.ServeHTTP(w, r)
		return w
	}
	if ask("/abort"); !ran {
		t.Error("ginabort: AbortWithStatus ends the handler")
	}
	if client != "192.0.2.99" {
		t.Errorf("ginproxies: ClientIP is %s", client)
	}
	if err := engine.SetTrustedProxies(nil); err != nil {
		t.Fatal(err)
	}
	if ask("/abort"); client == "192.0.2.99" {
		t.Error("ginproxies: SetTrustedProxies(nil) changes nothing")
	}
	first, again := kept, false
	for range 100 { // a pool may forget what it was given
		ask("/abort")
		again = again || kept == first
	}
	if !again {
		t.Error("gincopy: no context was used again")
	}
	if to := ask("/redirect?next=/evil.example").Header().Get("Location"); to != "//evil.example" {
		t.Errorf("httpredirect: leads to %s", to)
	}
}

func TestFactsAnswers(t *testing.T) {
	err := huma.Error400BadRequest("failed", errors.New("SELECT secret"))
	if text, _ := json.Marshal(err); !strings.Contains(string(text), "SELECT secret") {
		t.Errorf("httperror: the answer is %s", text)
	}
	var b strings.Builder
	if err := templ.Raw("<script>").Render(t.Context(), &b); err != nil || b.String() != "<script>" {
		t.Errorf("htmlraw: the page is %s, %v", b.String(), err)
	}
	var server http.Server
	if server.ReadTimeout != 0 || server.IdleTimeout != 0 {
		t.Error("httpserver: a new server has limits")
	}
	var row struct{ ID, Role string }
	if err := json.Unmarshal([]byte(`{"role":"admin"}`), &row); err != nil || row.Role != "admin" {
		t.Errorf("overpost: %v, %v", row, err)
	}
}

func TestFactsJWT(t *testing.T) {
	key := func(*jwt.Token) (any, error) { return []byte("secret"), nil }
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "somebody", "aud": "else"}).SignedString([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jwt.Parse(text, key); err != nil {
		t.Errorf("jwtoptions: Parse asks for more: %v", err)
	}
	for name, option := range map[string]jwt.ParserOption{
		"WithValidMethods": jwt.WithValidMethods([]string{"EdDSA"}), "WithExpirationRequired": jwt.WithExpirationRequired(),
		"WithIssuer": jwt.WithIssuer("puente"), "WithAudience": jwt.WithAudience("api"),
	} {
		if _, err := jwt.Parse(text, key, option); err == nil {
			t.Errorf("jwtoptions: %s makes no difference", name)
		}
	}
}

// TestFactsAreOfTheseVersions wants the libraries of the program: what is true
// of others says nothing.
func TestFactsAreOfTheseVersions(t *testing.T) {
	ours, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{gormPath, ginPath, jwtPath, humaPath, templPath} {
		line := regexp.MustCompile(`\t` + regexp.QuoteMeta(module) + ` (v\S+)`)
		here, there := line.FindSubmatch(ours), line.FindSubmatch(program)
		if here == nil || there == nil || string(here[1]) != string(there[1]) {
			t.Errorf("%s is %s here and %s in the program: go get -C script/traps, read the rules again", module, here, there)
		}
	}
}
