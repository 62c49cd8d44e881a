package web

// sampleAccounts is the list of accounts.
func sampleAccounts(lang string) Admin {
	p := sampleAdmin(lang, "/accounts")
	return Admin{
		Page: p, Title: p.T("admin.accounts"), Text: p.T("admin.accounts_text"), Links: []Link{{Text: p.T("admin.invite"), Path: "/invitations"}},
		Parts: []AdminPart{{
			Title: p.T("admin.accounts_list"), More: Link{Text: p.T("admin.more"), Path: "/accounts?cursor=x"},
			Find: Confirm{Button: p.T("admin.find"), Post: "/accounts", Fields: []Field{{Name: "email", Kind: KindText, Label: p.T("admin.accounts_find"), Max: 254}}},
			Rows: []AdminRow{
				{Name: "ana@example.org", Path: "/accounts/1", Chips: []Chip{{Text: p.T("admin.role_admin")}}},
				{Name: "lucia.mendez.de.la.conserveria.artesanal.del.valle.de.oaxaca@correo.example.org", Path: "/accounts/2", Chips: []Chip{{Text: p.T("admin.role_both")}, {Text: p.T("admin.disabled"), Warn: true}}},
				{Name: "rosa@example.org", Path: "/accounts/3", Chips: []Chip{{Text: p.T("admin.role_staff")}, {Text: p.T("admin.invited"), Warn: true}}},
			},
		}},
	}
}

// sampleAdmin is what the pages of administrators have in common.
func sampleAdmin(lang, path string) Page {
	p := samplePage(lang, path, "rounds", "people")
	p.Nav = append(p.Nav, Link{p.T("admin.nav"), "/accounts", true})
	p.Nav[0].Current = false
	for _, t := range [][2]string{
		{"/accounts", "admin.accounts"}, {"/invitations", "admin.invitations"}, {"/organizations", "admin.organizations"}, {"/programmes", "admin.programmes"}, {"/mailbox", "mailbox.title"},
	} {
		p.Tabs = append(p.Tabs, Link{p.T(t[1]), t[0], t[0] == path})
	}
	return p
}

// sampleGrants asks for a role.
func sampleGrants(p Page) Field {
	return Field{Name: "grant", Kind: KindSelect, Label: p.T("admin.grant"), Required: true, Options: []Option{
		{Label: p.T("form.choose")},
		{Value: "reviewer:1", Label: p.T("admin.grant_reviewer", "Where", "Cámara de Oaxaca"), Group: p.T("admin.grants_reviewer")},
		{Value: "manager:2", Label: p.T("admin.grant_manager", "Where", "Puente"), Group: p.T("admin.grants_manager")},
		{Value: "auditor:2", Label: p.T("admin.grant_auditor", "Where", "Puente"), Group: p.T("admin.grants_auditor")},
	}}
}

// sampleOneAccount is the account of a member of staff.
func sampleOneAccount(lang string) Admin {
	p := sampleAdmin(lang, "/accounts/3")
	return Admin{
		Page: p, Back: Link{Text: p.T("admin.accounts"), Path: "/accounts"}, Title: "rosa@example.org", Chips: []Chip{{Text: p.T("admin.role_staff")}},
		Facts: []Fact{{p.T("admin.language"), "Español"}, {p.T("admin.made"), p.T("admin.utc", "Time", "2027-01-04 12:00")}},
		Parts: []AdminPart{
			{
				Title: p.T("admin.grants"), Text: p.T("admin.grants_text"), Form: Confirm{Button: p.T("admin.grant_give"), Post: "/accounts/3/grants", Fields: []Field{sampleGrants(p)}},
				Rows: []AdminRow{
					{Name: p.T("admin.grant_reviewer", "Where", "Cámara de Oaxaca"), Facts: []string{p.T("admin.since", "Time", "2027-01-04 12:00")}, Actions: []Action{{Label: p.T("admin.grant_end"), Post: "/accounts/3/grants/1"}}},
					{Name: p.T("admin.grant_manager", "Where", hostile), Chips: []Chip{{Text: p.T("admin.ended")}}, Facts: []string{p.T("admin.from_to", "From", "2026-01-04 12:00", "To", "2027-01-04 12:00")}},
				},
			},
			{Title: p.T("admin.log"), Text: p.T("admin.log_text"), Rows: []AdminRow{{Name: p.T("audit.account_create"), Facts: []string{p.T("admin.log_by", "Time", "2027-01-04 12:00", "Who", "ana@example.org")}}}},
		},
		Side: []AdminPart{
			{
				Title: p.T("admin.sessions"), Text: p.T("admin.sessions_text"), Form: Confirm{Button: p.T("admin.sessions_end"), Post: "/accounts/3/sessions"},
				Rows: []AdminRow{{Name: "Firefox, Windows", Facts: []string{p.T("me.session_begun", "Begun", "2027-01-04 12:00", "Network", "2001:db8:1234::/48", "Used", "2027-01-04 12:30")}}},
			},
			{Title: p.T("second.title"), Text: p.T("admin.factor_since", "Time", "2027-01-04 12:00"), More: Link{Text: p.T("admin.factor_take"), Path: "/accounts/3/factor"}},
			{Title: p.T("admin.access"), Text: p.T("admin.access_text"), More: Link{Text: p.T("admin.disable"), Path: "/accounts/3/disable"}},
		},
	}
}

// sampleDisable asks before an account is disabled.
func sampleDisable(lang string) Confirm {
	p := sampleAdmin(lang, "/accounts/3/disable")
	return Confirm{
		Page: p, Title: p.T("admin.disable_title", "Email", "rosa@example.org"), Text: p.T("admin.disable_text"), Button: p.T("admin.disable_button"),
		Post: "/accounts/3/disable", Back: Link{Text: p.T("admin.not_now"), Path: "/accounts/3"},
	}
}

// sampleInvitations is the form that invites, refused, with who was invited.
func sampleInvitations(lang string) Admin {
	p := sampleAdmin(lang, "/invitations")
	p.Kept = Kept{ID: "invite", Post: "/invitations"}
	grant := sampleGrants(p)
	grant.Problem = p.T("form.missing")
	return Admin{
		Page: p, Title: p.T("admin.invitations"), Text: p.T("admin.invitations_text"),
		Parts: []AdminPart{{Title: p.T("admin.invited_list"), Text: p.T("admin.invited_text"), Rows: []AdminRow{{
			Name: "rosa@example.org", Path: "/accounts/3", Chips: []Chip{{Text: p.T("admin.role_staff")}},
			Facts:   []string{p.T("admin.grant_reviewer", "Where", "Cámara de Oaxaca"), p.T("admin.invited_at", "Time", "2027-01-04 12:00")},
			Actions: []Action{{Label: p.T("admin.invite_again"), Post: "/invitations/3/again"}, {Label: p.T("admin.invite_withdraw"), Post: "/invitations/3/withdraw"}},
		}}}},
		Side: []AdminPart{{Title: p.T("admin.invite"), Text: p.T("admin.invite_text"), Form: Confirm{
			ID: "invite", Primary: true, Button: p.T("admin.invite_button"), Post: "/invitations", Fields: []Field{EmailField(lang), LanguageField("lang", p.T("admin.invite_lang")), grant},
		}}},
	}
}

// sampleOrganizations is the list of home organisations, with the form that adds
// one.
func sampleOrganizations(lang string) Admin {
	p := sampleAdmin(lang, "/organizations")
	p.Kept = Kept{ID: "organization", Post: "/organizations"}
	return Admin{
		Page: p, Title: p.T("admin.organizations"), Text: p.T("admin.organizations_text"),
		Parts: []AdminPart{{Title: p.T("admin.organizations_list"), Rows: []AdminRow{
			{Name: "Cámara de Oaxaca", Path: "/organizations/1", Chips: []Chip{{Text: p.T("country.mexico")}}, Facts: []string{p.T("admin.people", "Count", 12)}},
			{Name: hostile, Path: "/organizations/2", Chips: []Chip{{Text: p.T("country.canada")}}, Facts: []string{p.T("admin.people", "Count", 1)}},
		}}},
		Side: []AdminPart{{Title: p.T("admin.organization_new"), Form: Confirm{
			ID: "organization", Primary: true, Button: p.T("admin.add"), Post: "/organizations", Fields: []Field{{Name: "name", Kind: KindText, Label: p.T("admin.name"), Required: true, Max: 200}, CountryField(lang, "country")},
		}}},
	}
}

// sampleStale is an organisation that somebody else has changed meanwhile.
func sampleStale(lang string) Admin {
	p := sampleAdmin(lang, "/organizations/1")
	p.Kept = Kept{ID: "organization", Post: "/organizations/1"}
	return Admin{
		Page: p, Back: Link{Text: p.T("admin.organizations"), Path: "/organizations"}, Title: hostile, Stale: p.T("admin.stale"), Chips: []Chip{{Text: p.T("country.mexico")}},
		Links: []Link{{Text: p.T("admin.stale_now"), Path: "/organizations/1"}},
		Parts: []AdminPart{
			{Title: p.T("admin.change"), Form: Confirm{
				ID: "organization", Primary: true, Button: p.T("admin.save"), Post: "/organizations/1", Hidden: [][2]string{{"version", "2"}},
				Fields: Fill(map[string]string{"name": hostile, "country": "MX"}, nil, Field{Name: "name", Kind: KindText, Label: p.T("admin.name"), Required: true, Max: 200}, CountryField(lang, "country")),
			}},
			{Title: p.T("admin.grants_reviewer"), Text: p.T("admin.reviewers_text"), None: p.T("admin.reviewers_none"), More: Link{Text: p.T("admin.invite"), Path: "/invitations"}},
		},
	}
}

// sampleProgramme is a programme with its rules.
func sampleProgramme(lang string) Admin {
	p := sampleAdmin(lang, "/programmes/1")
	p.Kept = Kept{ID: "programme", Post: "/programmes/1"}
	var uses, covers []Option
	for _, d := range []string{"off", "audit_only", "mentee_preference", "eligibility"} {
		uses = append(uses, Option{Value: d, Label: p.T("admin.demographics_" + d), Hint: p.T("admin.demographics_" + d + "_hint")})
	}
	for _, c := range []string{"none", "mentees", "mentors", "both"} {
		covers = append(covers, Option{Value: c, Label: p.T("admin.cover_" + c)})
	}
	values := map[string]string{"name": "Puente", "locale": "es", "demographics": "audit_only", "countries": "CA,MX", "cross_border": "on", "cover": "mentees"}
	return Admin{
		Page: p, Back: Link{Text: p.T("admin.programmes"), Path: "/programmes"}, Title: "Puente",
		Text: p.T("admin.outside_text"), Chips: []Chip{{Text: p.T("admin.outside", "Count", 3), Warn: true}},
		Links: []Link{{Text: p.T("admin.weights"), Path: "/programmes/1/weights"}, {Text: words[lang]["people"], Path: "/people"}, {Text: words[lang]["rounds"], Path: "/rounds"}},
		Parts: []AdminPart{{Title: p.T("admin.change"), Text: p.T("admin.programme_text"), Form: Confirm{
			ID: "programme", Primary: true, Button: p.T("admin.save"), Post: "/programmes/1", Hidden: [][2]string{{"version", "2"}},
			Fields: Fill(values, nil, Field{Name: "name", Kind: KindText, Label: p.T("admin.name"), Required: true, Max: 120}, LanguageField("locale", p.T("admin.programme_locale")),
				Field{Name: "demographics", Kind: KindRadio, Label: p.T("admin.demographics"), Hint: p.T("admin.demographics_hint"), Required: true, Options: uses},
				Field{Name: "countries", Kind: KindCheckboxes, Label: p.T("admin.countries"), Hint: p.T("admin.countries_hint"), Required: true, Options: CountryField(lang, "").Options[1:]},
				Field{Name: "cross_border", Kind: KindCheckbox, Label: p.T("admin.cross_border")}, Field{Name: "interpreter", Kind: KindCheckbox, Label: p.T("admin.interpreter")},
				Field{Name: "cover", Kind: KindSelect, Label: p.T("admin.cover"), Required: true, Options: covers}),
		}}},
		Side: []AdminPart{{
			Title: p.T("admin.staff"), Text: p.T("admin.staff_text"), More: Link{Text: p.T("admin.invite"), Path: "/invitations"},
			Rows: []AdminRow{{Name: "eva@example.org", Path: "/accounts/4", Facts: []string{p.T("admin.grant_manager", "Where", "Puente")}}},
		}},
	}
}

// sampleProvider is a provider that is switched off, with a hostile name on its button.
func sampleProvider(lang string) Admin {
	p := sampleAdmin(lang, "/organizations/1/providers/2")
	p.Kept = Kept{ID: "provider", Post: p.Path}
	return Admin{
		Page: p, Back: Link{Text: p.T("admin.providers"), Path: "/organizations/1/providers"}, Title: hostile, Text: p.T("admin.provider_text"),
		Chips: []Chip{{Text: p.T("admin.provider_off"), Warn: true}},
		Facts: []Fact{
			{Term: p.T("admin.redirect_uri"), Value: "https://puente.example.org/providers/01a2258d-ff33-7b96-b9a4-0500d75d56dc/callback"},
			{Term: p.T("admin.issuer"), Value: "https://login.example.org/realms/camara"},
		},
		Parts: []AdminPart{{Title: p.T("admin.change"), Form: Confirm{
			ID: "provider", Primary: true, Button: p.T("admin.save"), Post: p.Path, Hidden: [][2]string{{"version", "2"}},
			Fields: Fill(map[string]string{"label": hostile, "client_id": "puente", "client_secret": "never shown"}, map[string]string{"label": p.T("form.missing")},
				Field{Name: "label", Kind: KindText, Label: p.T("admin.provider_label"), Hint: p.T("admin.provider_label_hint"), Autocomplete: "off", Required: true, Max: 100},
				Field{Name: "client_id", Kind: KindText, Label: p.T("admin.client_id"), Autocomplete: "off", Required: true, Max: 255},
				Field{Name: "client_secret", Kind: KindPassword, Label: p.T("admin.client_secret"), Hint: p.T("admin.client_secret_kept"), Autocomplete: "off", Max: 1024},
				Field{Name: "enabled", Kind: KindCheckbox, Label: p.T("admin.provider_enabled")}),
		}}},
		Side: []AdminPart{{Title: p.T("admin.provider_remove"), Text: p.T("admin.provider_remove_text"), More: Link{Text: p.T("admin.provider_remove"), Path: p.Path + "/remove"}}},
	}
}

// sampleOwnPause asks before a profile is paused.
func sampleOwnPause(lang string) Confirm {
	p := samplePage(lang, "/profile/do/withdraw?side=mentee", "my", "requests")
	return Confirm{
		Page: p, Title: p.T("own.withdraw_title"), Text: p.T("own.withdraw_text"), Button: p.T("own.withdraw_button"), Post: "/profile/do/withdraw?side=mentee",
		Back: Link{Text: p.T("admin.not_now"), Path: "/profile?side=mentee"},
	}
}
