package api

import (
	"strings"
	"time"

	"puente/models"
)

// mark is a text that stands at one place of what is stored. Nobody but who may
// see it in an answer, and nothing of it is ever in the log.
type mark struct {
	name string
	who  []string
	copy string // whose it is: that role sees it in a copy of all that is stored of her, and nowhere else
	// put writes the mark, or with other a text that is longer, or shorter, and
	// sorts before it or after it.
	put func(w *world, text string)
	// text is the mark as it is written, "" if it is markOf the name.
	text func(name string) string
}

// markOf is a text that stands nowhere else. It has no letter that HTML, JSON or
// addresses write otherwise.
func markOf(name string) string {
	return "CANARY" + strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(name, " ", ""), "-", ""))
}

func (m mark) written() string {
	if m.text != nil {
		return m.text(m.name)
	}
	return markOf(m.name)
}

// otherwise is a text that could stand in a mark's place.
func (m mark) otherwise(n int) string {
	text := strings.Repeat("z", n%7) + strings.ToLower(markOf(m.name)) // sorts elsewhere, and is as long as it likes
	if n%2 == 0 {
		text = "AA" + markOf(m.name)[6:]
	}
	if m.text != nil {
		return strings.Replace(m.text(m.name), "canary", strings.Repeat("az"[n%2:n%2+1], 1+n%5), 1)
	}
	return text
}

func asAddress(name string) string { return strings.ToLower(markOf(name)) + "@example.org" }

func asList(name string) string { return `["` + markOf(name) + `"]` }

// staffRoles are those who read all of a programme's people.
var staffRoles = []string{"reviewer", "manager", "admin"}

// marks are all that is sensitive and stored as it was written.
func (w *world) marks() (all []mark) {
	sql := func(query string, more ...any) func(*world, string) {
		return func(w *world, text string) {
			args := []any{text}
			if strings.Count(query, "?") > 1+len(more) {
				args = append(args, text)
			}
			must(w.t, w.Store.Gorm.Exec(query, append(args, more...)...).Error)
		}
	}
	add := func(name string, who []string, put func(*world, string), text func(string) string) {
		all = append(all, mark{name: name, who: who, put: put, text: text})
	}
	people := []struct {
		at         int
		local, own string
		names      []string // who sees the name
		rest       []string // who sees the whole profile
	}{
		{0, "mentee", "mentee", append([]string{"mentee", "mentor"}, staffRoles...), append([]string{"mentee"}, staffRoles...)}, // the mentor by their offer
		{1, "mentor", "mentor", append([]string{"mentee", "mentor"}, staffRoles...), append([]string{"mentor"}, staffRoles...)},
		{2, "other", "", []string{"manager", "admin"}, []string{"manager", "admin"}},
		{3, "far", "", []string{"admin"}, []string{"admin"}},
	}
	for _, p := range people {
		id := w.objects[aProfile][p.at].id
		set := func(column string) func(*world, string) {
			return sql("UPDATE profiles SET "+column+" = ? WHERE id = ?", id)
		}
		add(p.local+" name", p.names, set("name"), nil)
		add(p.local+" organization", p.names, set("organization"), nil)
		add(p.local+" conflicts", p.rest, set("conflicts"), asList)
		owners := []string{"admin"}
		if p.own != "" {
			owners = append(owners, p.own)
		}
		add(p.local+" email", owners, sql("UPDATE accounts SET email = ?, email_key = ? WHERE id = (SELECT account_id FROM profiles WHERE id = ?)", id), asAddress)
		add(p.local+" words", owners[1:], sql("UPDATE own_words SET words = ? WHERE profile_id = ?", id), nil)
		for _, purpose := range []models.Purpose{models.PurposeMatching, models.PurposeAudit, models.PurposeReporting} {
			add(p.local+" "+string(purpose), nil, ownershipMark(id, purpose), nil)
			all[len(all)-1].copy = p.own
		}
	}
	for role, account := range w.accounts {
		if role == "expired" || role == "revoked" || role == "disabled" {
			continue
		}
		add(role+" device", []string{role}, sql("UPDATE sessions SET device = ? WHERE account_id = ? AND network = 'resident'", account), nil)
		add(role+" key", []string{role}, sql("UPDATE api_keys SET name = ? WHERE account_id = ?", account), nil)
		add(role+" hash", nil, sql("UPDATE accounts SET password_hash = ? WHERE id = ?", account), nil)
	}
	add("disabled email", []string{"admin"}, sql("UPDATE accounts SET email = ?, email_key = ? WHERE id = ?", w.accounts["disabled"]), asAddress)
	add("spare email", []string{"admin"}, sql("UPDATE accounts SET email = ?, email_key = ? WHERE id = ?", w.objects["accounts"][0].id), asAddress)
	runners := []string{"manager", "auditor", "admin"}
	for n, who := range [][]string{runners, {"admin"}} {
		round := w.objects[aRound][n]
		name := strings.Fields(strings.NewReplacer("'s", "", "programme", "").Replace(round.whose))[0]
		add(name+" round", who, sql("UPDATE rounds SET name = ? WHERE id = ?", round.id), nil)
		add(name+" label", who, sql("UPDATE runs SET label = ? WHERE round_id = ? AND state = 'queued'", round.id), nil)
	}
	signedIn := []string{"mentee", "mentor", "reviewer", "manager", "auditor", "admin"}
	add("home", signedIn, sql("UPDATE organizations SET name = ? WHERE id = ?", w.objects["organizations"][0].id), nil)
	for _, column := range []string{"name", "organization"} {
		add("pending "+column, nil, sql("UPDATE sign_ups SET "+column+" = ? WHERE country = 'MX'"), nil)
	}
	add("pending email", nil, sql("UPDATE sign_ups SET email = ?, email_key = ? WHERE country = 'MX'"), asAddress)
	add("linked email", nil, sql("UPDATE links SET email = ? WHERE purpose = 'email' AND account_id = ?", w.accounts["mentee"]), asAddress)
	all[len(all)-1].copy = "mentee"
	add("letter", []string{"admin"}, letterMark, nil)
	return all
}

// ownershipMark writes an answer about who owns a firm.
func ownershipMark(profile string, purpose models.Purpose) func(*world, string) {
	return func(w *world, text string) {
		a := models.Agreement{Purpose: purpose, TextVersion: "1", Lang: "es", Answers: map[string]string{"owners": text}}
		must(w.t, w.Store.SaveOwnership(w.t.Context(), "", testVault(w.t), profile, a))
	}
}

// letterMark writes what a mail says.
func letterMark(w *world, text string) {
	id := w.objects["mailbox"][0].id
	m, err := w.Store.Mail(w.t.Context(), id)
	must(w.t, err)
	sealed, err := testVault(w.t).Seal("mails.content#"+m.ID, []byte(`{"subject":"`+text+`","text":"`+text+`","html":"<p>`+text+`</p>"}`))
	must(w.t, err)
	must(w.t, w.Store.Gorm.Model(&models.Mail{}).Where("id = ?", id).UpdateColumn("content", sealed).Error)
}

// fill stores what marks stand in and the world has not: own words, sessions,
// keys, somebody who has only begun to sign up, a run that waits.
func (w *world) fill() {
	ctx, now := w.t.Context(), w.Store.Now()
	for n := range 4 {
		must(w.t, w.Store.SaveWords(ctx, "", w.objects[aProfile][n].id, "x", models.WordsAgreement{TextVersion: "1", Lang: "es"}, nil))
	}
	for role := range w.accounts {
		if role != "expired" && role != "revoked" && role != "disabled" && role != "admin" {
			w.resident(role)
			w.keyOf(role)
		}
	}
	must(w.t, w.Store.Gorm.Exec("INSERT INTO sign_ups (email_key, email, role, both_sides, lang, password_hash, browser, name, organization, country, created_at) "+
		"VALUES ('x@example.org', 'x@example.org', 'mentor', FALSE, 'es', 'x', '', 'x', 'x', 'MX', ?)", now).Error)
	must(w.t, w.Store.Gorm.Exec("INSERT INTO links (id_hash, slot, purpose, account_id, email, created_at, expires_at) VALUES (?, 'x', 'email', ?, 'x', ?, ?)",
		strings.Repeat("0", 64), w.accounts["mentee"], now, now.Add(time.Hour)).Error)
	for n, round := range w.objects[aRound][:2] {
		id := strings.Replace(missingID, "0190a5b2", "0190a5b"+string("34"[n]), 1)
		must(w.t, w.Store.Gorm.Exec("INSERT INTO runs (id, round_id, state, settings, seed, start, keep_points, time_limit, engine_version, settings_hash, snapshot_hash, snapshot, result, pairs, "+
			"score, reason, label, figures, clash, created_at) SELECT ?, round_id, 'queued', settings, seed, start, 0, 0, '', '', '', '', '', 0, 0, '', 'x', '', '', created_at FROM runs WHERE id = ?",
			id, w.run[round.id]).Error)
	}
}
