package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// authzRoles are who asks in TestAuthzMatrix, in the order of its columns.
var authzRoles = []string{"anonymous", "mentee", "mentor", "reviewer", "manager", "auditor", "admin", "disabled", "expired", "revoked"}

// world is an installation with two programmes, two home organisations, and an
// account of each role; all objects exist twice, once where the roles belong.
type world struct {
	*installation
	accounts map[string]string // of a role
	objects  map[kind][]named  // whose id stands in a path
	run      map[string]string // of a round
	mentor   string            // a code
	mentee   string            // a code of the run
	menteeOf map[string]string // of a round
	person   map[string]person // who made the world
	programs map[string]string // "ours", "others"

	// Of a copy whose clock stands still:
	sessions map[string][2]string // kept for a role; nil: each request has its own
	began    string               // what the ids begin with that are made from now on
}

// named is an object and whose it is.
type named struct{ whose, id string }

const missingID = "0190a5b2-0000-7000-8000-000000000000"

func newWorld(i *installation) *world {
	ctx, t := i.t.Context(), i.t
	w := &world{installation: i, accounts: map[string]string{}, objects: map[kind][]named{}, run: map[string]string{}, person: map[string]person{}}
	admin := i.withRole(models.AccountAdmin, "admin@example.org")
	w.person["admin"] = admin
	programme := func(name string) string {
		return admin.call(201, "POST", "/api/v1/programmes", object{"name": name, "locale": "es"}).text("id")
	}
	home := func(name string) string {
		return admin.call(201, "POST", "/api/v1/organizations", object{"name": name, "country": "MX"}).text("id")
	}
	ours, others, hers, theirs := programme("Ours"), programme("Others"), home("Hers"), home("Theirs")
	w.programs = map[string]string{"ours": ours, "others": others}
	profile := func(role models.AccountRole, email, programme, organization string, who object) string {
		p := i.withRole(role, email)
		w.person[email] = p
		local, _, _ := strings.Cut(email, "@")
		who = maps.Clone(who) // marks from the beginning, so that rounds and exports are made of them: see TestNoLeaks
		who["name"], who["organization"] = markOf(local+" name"), markOf(local+" organization")
		at := i.profile(p, admin, programme, who)
		admin.call(200, "PUT", at+"/organization", object{"organization": organization}, "If-Match: "+admin.tag(at))
		return idOf(at)
	}
	mentee := profile(models.AccountEntrepreneur, "mentee@example.org", ours, hers, lucia)
	mentor := profile(models.AccountMentor, "mentor@example.org", ours, hers, dana)
	far := profile(models.AccountEntrepreneur, "far@example.org", others, theirs, lucia)
	profile(models.AccountMentor, "far-mentor@example.org", others, theirs, dana)
	var rounds, runs, offers []string
	for _, p := range []string{ours, others} {
		run, round := i.run(admin, p)
		admin.call(200, "POST", round+"/publish", object{"run": idOf(run)})
		offer := admin.call(200, "GET", round+"/offers", nil).text("items.0.id")
		rounds, runs, offers = append(rounds, idOf(round)), append(runs, idOf(run)), append(offers, offer)
		w.run[idOf(round)] = idOf(run)
	}
	other := profile(models.AccountEntrepreneur, "other@example.org", ours, theirs, lucia)
	deleted := profile(models.AccountEntrepreneur, "deleted@example.org", ours, hers, lucia)
	free := profile(models.AccountMentor, "free@example.org", ours, hers, dana)
	w.mentor = admin.call(200, "GET", "/api/v1/profiles/"+free, nil).text("code")
	w.mentee = admin.call(200, "GET", "/api/v1/profiles/"+mentee, nil).text("code")
	w.menteeOf = map[string]string{rounds[0]: w.mentee, rounds[1]: admin.call(200, "GET", "/api/v1/profiles/"+far, nil).text("code")}
	gone := idOf(admin.call(201, "POST", "/api/v1/rounds", object{"programme": ours, "name": "Deleted"}).w.Header().Get("Location"))
	for table, id := range map[string]string{"profiles": deleted, "rounds": gone} {
		must(t, i.Store.Gorm.Exec("DELETE FROM "+table+" WHERE id = ?", id).Error)
	}
	must(t, i.Store.Gorm.Exec("UPDATE profiles SET state = 'withdrawn' WHERE id <> ?", free).Error) // from where no step leads

	grant := func(role models.GrantRole, account, programme, organization string) string {
		g := GrantedRole{role, programme, organization}
		row := g.of(account)
		must(t, i.Store.Grant(ctx, "", &row))
		return row.ID
	}
	staff := func(name string) string {
		a := models.Account{Role: models.AccountStaff, Email: name + "@example.org", Lang: "es", VerifiedAt: new(i.Store.Now())}
		must(t, i.Store.CreateAccount(ctx, "", &a))
		i.enrolled(&a)
		return a.ID
	}
	for name, role := range map[string]models.GrantRole{
		"reviewer": models.GrantReviewer, "manager": models.GrantManager, "auditor": models.GrantAuditor, "disabled": models.GrantManager,
		"expired": models.GrantManager, "revoked": models.GrantManager,
	} {
		w.accounts[name] = staff(name)
		if role == models.GrantReviewer {
			grant(role, w.accounts[name], "", hers)
		} else {
			grant(role, w.accounts[name], ours, "")
		}
	}
	for _, name := range []string{"mentee", "mentor", "admin"} {
		a, err := i.Store.AccountByEmail(ctx, name+"@example.org")
		must(t, err)
		w.accounts[name] = a.ID
	}
	_, err := i.Store.Disable(ctx, "", w.accounts["disabled"])
	must(t, err)
	spare := staff("spare")
	granted := grant(models.GrantAuditor, spare, ours, "")
	invited := models.Account{Role: models.AccountStaff, Email: "invited@example.org", Lang: "fr"}
	must(t, i.Store.CreateAccount(ctx, "", &invited))
	must(t, i.Store.AskLink(ctx, "mentee@example.org", models.LinkSignIn, i.newAsk(ctx, "es")))
	mail, _ := i.letter("mentee@example.org")

	provider := i.withProvider(newLiar(t, "somebody", "").URL, "Cámara")
	must(t, i.Store.Gorm.Exec("UPDATE providers SET organization_id = ? WHERE id = ?", hers, provider).Error)
	w.objects = map[kind][]named{
		aProgramme:      {{"ours", ours}, {"others", others}},
		aProfile:        {{"mentee's", mentee}, {"mentor's", mentor}, {"other organisation's", other}, {"other programme's", far}, {"deleted", deleted}},
		aRound:          {{"ours", rounds[0]}, {"other programme's", rounds[1]}, {"deleted", gone}},
		aRun:            {{"ours", runs[0]}, {"other programme's", runs[1]}},
		anOffer:         {{"mentee's and mentor's", offers[0]}, {"others'", offers[1]}},
		"organizations": {{"there", hers}}, "accounts": {{"there", spare}}, "grants": {{"there", granted}},
		"mailbox": {{"there", mail.ID}}, "invitations": {{"there", invited.ID}}, "sessions": {{"admin's", w.resident("admin")}}, "keys": {{"admin's", w.keyOf("admin")}},
		"passkeys": {{"admin's", w.passkeyOf(w.accounts["admin"])}}, "providers": {{"there", provider}},
	}
	for k := range w.objects {
		w.objects[k] = append(w.objects[k], named{"missing", missingID})
	}
	return w
}

// resident makes a session of a role that stays, and gives its id.
func (w *world) resident(role string) string {
	_, session := w.newSession(w.t.Context(), w.accounts[role])
	session.Network, session.Proof = "resident", w.proof(w.accounts[role])
	must(w.t, w.Store.CreateSession(w.t.Context(), session))
	return session.ID
}

// keyOf makes a key of a role, and gives its id.
func (w *world) keyOf(role string) string {
	_, hash := Secret()
	key := models.APIKey{KeyHash: hash, Prefix: keyPrefix + "AAAA", AccountID: w.accounts[role], Name: "x", ExpiresAt: w.Store.Now().AddDate(0, 1, 0)}
	must(w.t, key.SetScopes([]string{"profiles:read"}))
	must(w.t, w.Store.CreateKey(w.t.Context(), &key))
	return key.ID
}

// session is a session of a role, begun for one request: the token of a
// program and the cookie of a browser.
func (w *world) session(role string) (token, cookie string) {
	account := w.accounts[role]
	if account == "" {
		return "", ""
	}
	if kept, has := w.sessions[role]; has {
		return kept[0], kept[1]
	}
	id, program := w.browserSession(account), w.programSession(account)
	tokens := *w.Tokens
	switch role {
	case "expired":
		tokens.Now = func() time.Time { return time.Now().Add(-2 * tokens.Life) }
		must(w.t, w.Store.Gorm.Exec("UPDATE sessions SET created_at = ?, expires_at = ?, idle_at = ? WHERE account_id = ?",
			w.Store.Now().Add(-2*time.Hour), w.Store.Now().Add(-time.Hour), w.Store.Now().Add(-time.Hour), account).Error)
	case "revoked":
		must(w.t, w.Store.DeleteSession(w.t.Context(), hashOf(id)))
		must(w.t, w.Store.DeleteSession(w.t.Context(), program.IDHash))
	}
	token, _, err := tokens.Issue(account, program.IDHash, "api")
	must(w.t, err)
	if w.sessions != nil {
		w.sessions[role] = [2]string{token, id}
	}
	return token, id
}

// asked is a row of the matrix: a request about an object.
type askedFor struct {
	name, object string
	r            route
	target, body string
}

// kindOf is what a route's path is about, by its words alone: not by its policy.
func kindOf(path string) (k kind, has bool) {
	before, _, found := strings.Cut(path, "/{id}")
	name := before[strings.LastIndexByte(before, '/')+1:]
	switch name {
	case "programmes", "profiles", "rounds", "runs", "offers":
		return kind(strings.TrimSuffix(name, "s")), found
	case "people":
		return aProfile, found
	case "requests":
		return anOffer, found
	}
	return kind(name), found
}

// requests are all that is asked of a route.
func (w *world) requests(r route) (out []askedFor) {
	name := r.id
	if name == "" {
		name = strings.TrimSpace(r.method + " " + strings.TrimPrefix(r.path, "/{lang}"))
	}
	path := strings.NewReplacer("/{lang}", "/es", "{mentor}", w.mentor, "{event}", "approve", "{token}", "NONE", "{file}", "none", "{grant}", w.objects["grants"][0].id,
		"{provider}", w.objects["providers"][0].id).Replace(r.path)
	add := func(whose, target, body string) { out = append(out, askedFor{name, whose, r, target, body}) }
	k, has := kindOf(r.path)
	switch {
	case r.id == "move-profile":
		for _, o := range w.objects[k] {
			for _, event := range []string{"submit", "withdraw", "wait", "pause", "ask", "approve", "refer", "freeze", "block"} {
				add(o.whose+" "+event, strings.ReplaceAll(path, "{id}", o.id), `{"event":"`+event+`"}`)
			}
		}
	case has:
		for _, o := range w.objects[k] {
			target := strings.NewReplacer("{id}", o.id, "{run}", w.run[o.id]).Replace(path)
			switch r.id {
			case "diff-runs":
				target += "?with=" + o.id
			case "explain-run":
				target += "?mentee=" + w.mentee
			}
			switch name {
			case "GET /rounds/{id}/explain":
				target += "?mentee=" + w.menteeOf[o.id]
			case "GET /rounds/{id}/compare":
				target += "?a=" + w.run[o.id] + "&b=" + w.run[o.id]
			}
			add(o.whose, target, "{}")
		}
		if r.id == "diff-runs" {
			runs := w.objects[aRun]
			add("ours with other programme's", strings.ReplaceAll(path, "{id}", runs[0].id)+"?with="+runs[1].id, "")
			add("ours with missing", strings.ReplaceAll(path, "{id}", runs[0].id)+"?with="+missingID, "")
		}
	case r.id == "list-profiles" || r.id == "list-rounds":
		for _, o := range w.objects[aProgramme] {
			add(o.whose, path+"?role=mentee&programme="+o.id, "")
			if r.id == "list-rounds" {
				out[len(out)-1].target = path + "?programme=" + o.id
			}
		}
	case r.id == "create-round":
		for _, o := range w.objects[aProgramme] {
			add(o.whose, path, `{"programme":"`+o.id+`"}`)
		}
	default:
		add("", path, "{}")
	}
	return out
}

// send sends a request as a role.
func (w *world) send(a askedFor, role string) *httptest.ResponseRecorder {
	token, cookie := w.session(role)
	var headers []string
	page := a.r.id == ""
	switch {
	case page && cookie != "":
		headers = append(headers, "Cookie: puente="+cookie)
	case token != "" && !page:
		headers = append(headers, "Authorization: Bearer "+token)
	}
	return w.sendAs(a, headers...)
}

// sendAs sends a request with headers that say whose it is.
func (w *world) sendAs(a askedFor, headers ...string) *httptest.ResponseRecorder {
	page, body := a.r.id == "", a.body
	switch {
	case a.r.method == "GET" || a.r.method == "DELETE":
		body = ""
	case page:
		headers, body = append(headers, "Content-Type: application/x-www-form-urlencoded"), ""
	case a.r.body.bytes > 0:
		headers = append(headers, asJSON, `If-Match: "999"`)
	default:
		body = ""
	}
	return ask(w, a.r.method, a.target, body, headers...)
}

// verdict is what an answer means: "yes", or the status of a no.
func verdict(a askedFor, w *httptest.ResponseRecorder) string {
	_, has := kindOf(a.r.path)
	switch {
	case w.Code >= 500:
		return fmt.Sprint("fault ", w.Code)
	case w.Code == 401, w.Code == 403, w.Code == 404 && (has || a.object != ""):
		return fmt.Sprint(w.Code)
	case w.Code == 303 && a.r.id == "" && strings.Contains(w.Header().Get("Location"), "/sign-in") && !strings.Contains(a.r.path, "sign-"):
		return "401" // pages lead to where one signs in
	}
	return "yes"
}

// silent is an answer without what differs from request to request.
func silent(w *httptest.ResponseRecorder) string {
	h := w.Header().Clone()
	id := h.Get("X-Request-ID")
	delete(h, "X-Request-Id")
	return strings.ReplaceAll(fmt.Sprint(w.Code, h, w.Body), id, "")
}

// TestAuthzMatrix asks every operation and page as every role about its own
// objects, others', those of another programme or organisation, deleted and
// missing ones. What is to be answered stands in a golden file, not in the
// policies, so that a change of those is a difference to read.
func TestAuthzMatrix(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			w := newWorld(install(t, newDatabase(t, database)))
			table, operations, objects, answers := &strings.Builder{}, 0, map[string]bool{}, 0
			fmt.Fprintf(table, "%-36s %-28s %s\n", "operation", "object", strings.Join(authzRoles, " "))
			for _, r := range routes {
				operations++
				missing := map[string]string{} // what is said of a missing object, by role
				rows := w.requests(r)
				slices.Reverse(rows) // the missing one first
				lines := make([]string, len(rows))
				for n, a := range rows {
					objects[a.object] = true
					line := fmt.Sprintf("%-36s %-28s", a.name, a.object)
					nobody := ""
					for _, role := range authzRoles {
						got := w.send(a, role)
						answers++
						what := verdict(a, got)
						if role == "anonymous" {
							nobody = what
						}
						line += fmt.Sprintf(" %*s", len(role), what)
						if strings.HasPrefix(a.object, "missing") || a.object == "ours with missing" {
							missing[role] = strings.ReplaceAll(silent(got), missingID, "")
						}
						if said := strings.ReplaceAll(silent(got), idIn(a.target), ""); what == "404" && said != missing[role] && r.id != "" {
							t.Errorf("%s %s as %s:\n%s\na missing one:\n%s", a.name, a.object, role, said, missing[role])
						}
						if (role == "expired" || role == "revoked" || role == "disabled") && what != nobody {
							t.Errorf("%s %s: %s for %s, whom nobody knows", a.name, a.object, what, role)
						}
					}
					lines[len(rows)-1-n] = line + "\n"
				}
				fmt.Fprint(table, strings.Join(lines, ""))
			}
			t.Logf("%d operations and pages x %d roles x up to %d objects: %d answers", operations, len(authzRoles), len(objects), answers)
			golden(t, "authz.golden", table.String())
		})
	}
}

// idIn is the first id of an address.
func idIn(target string) string {
	for part := range strings.FieldsFuncSeq(target, func(r rune) bool { return strings.ContainsRune("/?=&", r) }) {
		if len(part) == len(missingID) && strings.Count(part, "-") == 4 {
			return part
		}
	}
	return "no id"
}
