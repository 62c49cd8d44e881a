package api

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"puente/jobs"
	"puente/models"
)

// populated makes a programme with made-up people and a round of it that is
// ready for runs, and gives the round's address.
func (i *installation) populated(staff person) (round string) {
	i.t.Helper()
	p := &models.Programme{Name: "Puente", Locale: "es"}
	must(i.t, i.Store.CreateProgramme(i.t.Context(), "", p))
	i.manage()
	mentors, mentees := jobs.Generate(jobs.Population{Mentors: 20, Mentees: 40, Seed: 5})
	must(i.t, jobs.Populate(i.t.Context(), i.Store, "", p.ID, mentors, mentees, models.ProfileWaiting))
	round = staff.call(201, "POST", "/api/v1/rounds", object{"programme": p.ID, "name": "Otoño", "start": "2027-01-04", "seed": 7}).w.Header().Get("Location")
	staff.call(200, "POST", round+"/moves", object{"event": "open"})
	staff.call(200, "POST", round+"/moves", object{"event": "close"})
	return round
}

// idOf is the last part of an address.
func idOf(at string) string { return at[strings.LastIndexByte(at, '/')+1:] }

// TestRuns makes several runs of a round side by side through the interface for
// programs, compares them, and publishes one that is not the newest.
func TestRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		staff := i.withRole(models.AccountStaff, "ana@example.org")
		round := i.populated(staff)
		start := func(body object) string {
			return staff.call(202, "POST", round+"/runs", body).w.Header().Get("Location")
		}
		staff.call(422, "POST", round+"/runs", object{"label": strings.Repeat("x", 81)})
		staff.call(422, "POST", round+"/runs", object{"label": "\u200b"})
		staff.call(422, "POST", round+"/runs", object{"settings": object{"cover": "nobody"}})
		staff.call(422, "POST", round+"/runs", object{"settings": object{"start": "2028-01-01"}})
		clash := staff.call(422, "POST", round+"/runs", object{"method": "stable", "settings": object{"cover": "both"}})
		if clash.text("errors.0.pointer") != "/body/settings/cover" {
			t.Errorf("a stable run with a cover: %s", clash.w.Body)
		}
		best := start(object{})
		across := object{"name": "frontera", "of": "pairs", "where": object{"cross_border": true}, "at_least": "95%"}
		runs := []string{
			best, start(object{"method": "stable", "label": "Sin dupla bloqueadora"}), start(object{"method": "balanced"}),
			start(object{"method": "lottery", "settings": object{"lottery_plans": 3}}),
			start(object{"label": "Más idioma", "settings": object{"weights": object{"language": 500}}}),
			start(object{"label": "Frontera", "settings": object{"groups": []object{across}}}),
			start(object{"label": "Imposible", "settings": object{"groups": []object{{"name": "México", "of": "mentees", "where": object{"country": []string{"MX"}}, "at_least": 39}}}}),
		}
		for _, run := range runs {
			i.ended(run)
		}
		rows := staff.call(200, "GET", round+"/runs", nil)
		if n := len(rows.at("items").([]any)); n != len(runs) || rows.text("items.5.label") != "Sin dupla bloqueadora" || rows.text("items.6.method") != "optimal" {
			t.Errorf("%d runs: %s", n, rows.w.Body)
		}
		i.checkFigures(staff, runs)

		diff := staff.call(200, "GET", runs[0]+"/diff?with="+idOf(runs[1]), nil)
		if diff.text("same") != "false" || diff.text("a.score") != staff.call(200, "GET", runs[0], nil).text("score") {
			t.Errorf("diff: %s", diff.w.Body)
		}
		for k, words := range []string{"la ronda se resolvió de nuevo", "una ronda estable", "una ronda equilibrada", "un sorteo", "la ronda se resolvió de nuevo", "cumple reglas sobre grupos"} {
			i.checkExplained(staff, runs[k], words)
		}
		if now := staff.call(200, "GET", round, nil); now.text("state") != "proposed" {
			t.Errorf("after a run that is infeasible: %s", now.w.Body)
		}
		staff.call(409, "POST", round+"/publish", object{"run": idOf(runs[6])})
		published := staff.call(200, "POST", round+"/publish", object{"run": idOf(runs[1])})
		if published.text("run") != idOf(runs[1]) {
			t.Errorf("published: %s", published.w.Body)
		}
		staff.call(409, "POST", round+"/publish", object{"run": idOf(runs[0])})
		staff.call(409, "POST", round+"/runs", object{"method": "balanced"})
		i.checkAudit(idOf(round), idOf(runs[1]), "ana@example.org")
	})
}

// ended follows a run, by its address, to its end.
func (i *installation) ended(run string) {
	i.t.Helper()
	must(i.t, i.Queue.Watch(i.t.Context(), idOf(run), func(jobs.RunProgress) error { return nil }))
}

// checkFigures wants of each run what its method promises.
func (i *installation) checkFigures(staff person, at []string) {
	i.t.Helper()
	var runs []*models.Run
	var figures []*jobs.RunFigures
	for _, path := range at {
		run, err := i.Store.Run(i.t.Context(), idOf(path))
		must(i.t, err)
		f, err := jobs.FiguresOf(run)
		must(i.t, err)
		runs, figures = append(runs, run), append(figures, f)
	}
	for k, f := range figures[:6] {
		if f == nil || f.Mentees != 40 || f.Served != runs[k].Pairs || f.Worst <= 0 || f.First == 0 || f.Across == 0 || (f.Gap != nil) != (k == 0 || k > 3) {
			i.t.Errorf("run %d: %+v of %d pairs", k, f, runs[k].Pairs)
		}
	}
	if runs[1].Score > runs[0].Score || figures[1].Blocking != 0 || figures[0].Blocking == 0 || *figures[0].Gap != 0 {
		i.t.Errorf("optimal %d %+v, stable %d %+v", runs[0].Score, figures[0], runs[1].Score, figures[1])
	}
	if figures[2].Served < figures[0].Served || figures[2].Worst < figures[0].Worst && figures[2].Served == figures[0].Served {
		i.t.Errorf("optimal %+v, balanced %+v", figures[0], figures[2])
	}
	if 1000*figures[5].Across < 950*figures[5].Served {
		i.t.Errorf("%d of %d pairs across a border", figures[5].Across, figures[5].Served)
	}
	stuck := staff.call(200, "GET", at[6], nil)
	if stuck.text("state") != "infeasible" || stuck.text("clash.groups.0.name") != "México" || !strings.Contains(stuck.text("clash.text.0"), "México") || figures[6] != nil {
		i.t.Errorf("infeasible: %s", stuck.w.Body)
	}
}

// checkExplained asks about everybody of a run, about a mentor who is not theirs,
// and for advice; nothing is refused.
func (i *installation) checkExplained(staff person, run, words string) {
	i.t.Helper()
	pairs := staff.call(200, "GET", run+"/pairs?limit=4", nil)
	other := pairs.text("items.1.mentor.code")
	for k := range pairs.at("items").([]any) {
		code := pairs.text("items." + string(rune('0'+k)) + ".mentee.code")
		about := staff.call(200, "GET", run+"/explain?mentee="+code, nil)
		if text := strings.ToLower(about.text("about.holds")); !strings.Contains(text, strings.ToLower(words)) {
			i.t.Errorf("%s: %s", words, about.w.Body)
		}
		pair := staff.call(200, "GET", run+"/explain?mentee="+code+"&mentor="+other, nil)
		if len(pair.at("pair.text").([]any)) < 1 || strings.Contains(pair.w.Body.String(), "whatif.") {
			i.t.Errorf("%s", pair.w.Body)
		}
	}
	advice := staff.call(200, "GET", run+"/advice", nil)
	if advice.text("holds") == "" || strings.Contains(advice.w.Body.String(), "whatif.") {
		i.t.Errorf("%s", advice.w.Body)
	}
}

// checkAudit wants the log to say who chose which run.
func (i *installation) checkAudit(round, run, email string) {
	i.t.Helper()
	account, err := i.Store.AccountByEmail(i.t.Context(), email)
	must(i.t, err)
	log, err := i.Store.AuditLog(i.t.Context(), "rounds", round)
	must(i.t, err)
	last := log[len(log)-1]
	if last.Action != "round.publish" || last.ActorID == nil || *last.ActorID != account.ID || !strings.Contains(last.Details, run) {
		i.t.Errorf("the log ends with %+v", last)
	}
}

// TestStoryRuns plays staff that compares runs on the pages, without JavaScript,
// and publishes one that is not the newest.
func TestStoryRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		round := i.populated(i.withRole(models.AccountStaff, "eva@example.org"))
		staff := i.staffSignsIn(server.URL)
		page := "/es/rounds/" + idOf(round)
		staff.open(page+"/runs").sees(200, "Todavía no hay ningún cálculo.")
		staff.open("/es/rounds").submit("/do/run", nil).sees(200, "El cálculo está en marcha.", "2 cálculos")
		i.allEnded(idOf(round))
		staff.open("/es/rounds").link("/runs").sees(200, "Mejor total", "Equilibrada", "más alto de estos", "Duplas bloqueadoras")

		form := func(values map[string]string) *browser { return staff.submit(page+"/runs", one(values)) }
		form(map[string]string{"at_least": "80%"}).sees(422, "Elige el grupo al que se refiere el número.")
		form(map[string]string{"groups": "pairs", "at_least": "muchas"}).sees(422, "Error")
		form(map[string]string{"groups": "none", "at_least": "", "method": "balanced", "cover": "both"}).sees(422, "Error")
		form(map[string]string{"groups": "none", "method": "optimal", "cover": "none", "needs": "0"}).sees(422, "Las necesidades deben pesar algo")
		staff.open(page + "/runs")
		form(map[string]string{"label": "Más frontera", "groups": "pairs", "at_least": "97,5 %"}).sees(200, "El cálculo está en marcha.", "Más frontera")
		i.allEnded(idOf(round))
		staff.open(page + "/runs")
		form(map[string]string{"label": "Solo México", "groups": "mentees/MX", "at_least": "39"}).sees(200, "Solo México")
		i.allEnded(idOf(round))
		staff.open(page+"/runs").sees(200, "Más frontera", "Ningún plan cumple las reglas sobre grupos", "Empresas en México")

		runs, err := i.Store.Runs(t.Context(), idOf(round))
		must(t, err)
		ruled, best, even := runs[1].ID, runs[2].ID, runs[3].ID
		if states := []models.RunState{runs[0].State, runs[1].State, runs[2].State}; len(runs) != 4 || !slices.Equal(states, []models.RunState{models.RunInfeasible, models.RunFinished, models.RunFinished}) {
			t.Fatalf("%d runs: %v", len(runs), states)
		}
		staff.open(page+"/compare?a="+even+"&b="+best).sees(200, "Comparación de dos cálculos: Otoño", "Duplas: ", "method: balanced, luego optimal")
		staff.open(page+"/compare?a="+best+"&b="+best).sees(200, "No hay diferencias.", "Nada.")
		staff.open(page + "/compare?a=" + best).sees(404)
		staff.open(page + "/compare?a=" + runs[0].ID + "&b=" + best).sees(409)
		staff.open(page + "?run=" + runs[0].ID).sees(409)
		staff.open(page + "?run=0190a5b2-0000-7000-8000-000000000000").sees(404)
		staff.open(page+"?run="+ruled).sees(200, "Más frontera", "Cálculo 3").link("/advice").sees(200, "Duplas entre dos países", "Su precio: ", "cumple reglas sobre grupos")
		staff.open(page+"?run="+even).sees(200, "Cálculo 1", "no el más reciente").link("/explain").sees(200, "Por qué ", "Una ronda equilibrada", "De las ")
		staff.open(page+"?run="+even).link("/advice").sees(200, "La ronda del total más alto", "Cuánto cuesta este método")
		staff.open(page+"?run="+even).submit("/publish", nil).sees(422, "Completa este dato.", "no el más reciente")
		stale := newBrowser(t, server.URL)
		stale.client.Jar, stale.page, stale.path = staff.client.Jar, staff.page, staff.path
		staff.submit("/publish", url.Values{"confirm": {"on"}}).sees(200, "La ronda está publicada")
		stale.submit("/publish", url.Values{"confirm": {"on"}}).sees(409)
		staff.open(page+"/runs").sees(200, "Publicada")
		if strings.Contains(staff.text, `id="new"`) {
			t.Error("a published round offers another run")
		}
		if staff.open(page + "?run=" + best); strings.Contains(staff.text, `id="publish"`) {
			t.Error("a published round offers to publish another run")
		}
		i.checkAudit(idOf(round), even, "ana@example.org")
	})
}

// TestStoryKeep plays staff that makes a run from another one, and one that may
// take no time, on the pages.
func TestStoryKeep(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		person := i.withRole(models.AccountStaff, "eva@example.org")
		round := i.populated(person)
		staff := i.staffSignsIn(server.URL)
		page := "/es/rounds/" + idOf(round)
		staff.open(page + "/runs")
		form := func(values map[string]string) *browser { return staff.submit(page+"/runs", one(values)) }
		form(map[string]string{"label": "Primera"}).sees(200, "El cálculo está en marcha.")
		i.allEnded(idOf(round))
		first := person.call(200, "GET", round+"/runs", nil).text("items.0.id")
		staff.open(page+"/runs").sees(200, "Conservar las duplas de", "Cálculo 1: Primera")
		form(map[string]string{"keep_points": "5"}).sees(422, "Elige el cálculo cuyas duplas se conservan.")
		form(map[string]string{"keep_points": "60001", "keep": first}).sees(422, "Error")
		form(map[string]string{"keep_points": "muchos"}).sees(422, "Error")
		form(map[string]string{"keep_points": "0", "keep": "nada"}).sees(422, "Error")
		form(map[string]string{"keep_points": "", "keep": first, "method": "balanced"}).sees(422, "Solo una ronda optimal")
		form(map[string]string{"keep": "", "time_limit": "-1", "method": "optimal"}).sees(422, "Error")
		form(map[string]string{"keep": "", "time_limit": "241"}).sees(422, "Error")
		staff.open(page + "/runs")
		form(map[string]string{"label": "Conserva", "keep": first, "keep_points": "1200", "time_limit": "60", "sector": "900"}).sees(200, "El cálculo está en marcha.", "Conserva")
		i.allEnded(idOf(round))
		row := person.call(200, "GET", round+"/runs", nil)
		if row.text("items.0.keep") != first || row.text("items.0.keep_points") != "1200" || row.text("items.0.figures.kept") == "" || row.text("items.0.figures.keepable") == "" {
			t.Errorf("the run: %s", row.w.Body)
		}
		kept := row.text("items.0.id")
		result := person.call(200, "GET", "/api/v1/runs/"+kept+"/round.json", nil)
		gap := row.text("items.0.figures.gap")
		if open := result.text("certificate.kind") == "bound"; !open || gap == "0" || result.text("certificate.gap") != gap {
			t.Errorf("gap %s, certificate %s", gap, result.text("certificate.kind"))
		}
		staff.open(page+"/runs").sees(200, "Conserva ", "cálculo 1", "1,200 extra por dupla conservada", "Límite de tiempo: 60 s", "óptimo no demostrado")
		staff.open(page+"/compare?a="+first+"&b="+kept).sees(200, "cálculo 1", "óptimo no demostrado")
		staff.open(page+"?run="+kept).sees(200, "Óptimo no comprobado: otra podría ser mejor por ", "duplas anteriores", "Conservarlas cuesta")
		if strings.Contains(staff.text, "/explain?") || strings.Contains(staff.text, "/advice?") {
			t.Error("a round that is not the best is explained as if it were")
		}
		staff.open(page + "/explain?run=" + kept + "&mentee=" + person.call(200, "GET", "/api/v1/runs/"+kept+"/pairs", nil).text("items.0.mentee.code")).sees(409)
		form2 := map[string]string{"label": "Sin costo", "keep": kept, "keep_points": "0"}
		staff.open(page + "/runs")
		form(form2).sees(200, "Sin costo")
		i.allEnded(idOf(round))
		last := person.call(200, "GET", round+"/runs", nil)
		if last.text("items.0.figures.gap") != "0" || last.text("items.0.score") != last.text("items.2.score") {
			t.Errorf("what keeps pairs for nothing is not the best: %s", last.w.Body)
		}
		staff.open(page+"?run="+last.text("items.0.id")).sees(200, "ninguna ronda igual de buena conserva más").link("/explain").sees(200, "Por qué ")
	})
}

// allEnded follows all runs of a round to their ends.
func (i *installation) allEnded(round string) {
	i.t.Helper()
	runs, err := i.Store.Runs(i.t.Context(), round)
	must(i.t, err)
	for k := range runs {
		i.ended(runs[k].ID)
	}
}

// TestStoryStopRun stops one of two runs that wait, then the rest, on pages of a
// server that works on none.
func TestStoryStopRun(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		must(t, i.Queue.Stop(t.Context()))
		person := i.withRole(models.AccountStaff, "eva@example.org")
		round := i.populated(person)
		staff := i.staffSignsIn(server.URL)
		page := "/es/rounds/" + idOf(round)
		staff.open("/es/rounds").submit("/do/run", nil)
		if again := person.call(409, "POST", round+"/runs", object{"label": "again"}); again.text("detail") == "" {
			t.Errorf("the same run again: %s", again.w.Body)
		}
		staff.open("/es/rounds").submit("/do/stop", nil).submit("/do/run", nil)
		staff.open(page+"/runs").submit("/stop", nil).sees(200, "El cálculo se detuvo.", "En la fila")
		runs, err := i.Store.Runs(t.Context(), idOf(round))
		must(t, err)
		if runs[0].State != models.RunCancelled || runs[1].State != models.RunQueued {
			t.Fatalf("stopped the newest: %s, %s", runs[0].State, runs[1].State)
		}
		if now := person.call(200, "GET", round, nil).text("state"); now != "solving" {
			t.Errorf("with a run that waits the round is %s", now)
		}
		staff.open("/es/rounds").submit("/do/stop", nil).sees(200, "Cerrada")
		if now := person.call(200, "GET", round, nil).text("state"); now != "closed" {
			t.Errorf("without a run the round is %s", now)
		}
	})
}
