package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCountriesOf takes every list of up to three codes: the countries are those that are named, in the order of the
// vocabulary, and whatever is none is refused.
func TestCountriesOf(t *testing.T) {
	codes := []string{"US", "CA", "MX", "", "us", "GB", "US,CA"}
	lists := [][]string{nil, {}}
	for _, a := range codes {
		lists = append(lists, []string{a})
		for _, b := range codes {
			lists = append(lists, []string{a, b})
			for _, c := range codes {
				lists = append(lists, []string{a, b, c})
			}
		}
	}
	for _, list := range lists {
		var want []string
		for _, code := range codes[:3] {
			if slices.Contains(list, code) {
				want = append(want, code)
			}
		}
		refused := len(want) == 0 || slices.ContainsFunc(list, func(code string) bool { return !slices.Contains(codes[:3], code) })
		got, err := CountriesOf(list)
		if refused != (CodeOf(err) == CodeInvalid) || !refused && string(got) != strings.Join(want, ",") {
			t.Errorf("%q: %q %v", list, got, err)
		}
	}
	for _, c := range []Countries{"", "CA,US", "US,US", "US,", "GB"} {
		if checkCountries(c) == nil {
			t.Errorf("%q is taken", c)
		}
	}
}

// everyCountries are all that a programme may serve.
var everyCountries = []Countries{"US", "CA", "MX", "US,CA", "US,MX", "CA,MX", "US,CA,MX"}

// TestProgrammesServeCountries takes a person of each country, and one who has not said it, through everything that leads
// into a programme of each choice of countries: all of it is refused exactly to those who are not served, whatever way
// they come, and a programme that serves fewer than before keeps whom it has and counts them.
func TestProgrammesServeCountries(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		for _, countries := range everyCountries {
			for _, country := range []string{"US", "CA", "MX", ""} {
				f := countryCase{t: t, Store: s, served: country == "" || strings.Contains(string(countries), country)}
				f.programme = Programme{Name: string(countries) + " for " + country, Locale: "en", Countries: countries}
				must(t, s.CreateProgramme(t.Context(), "", &f.programme))
				f.comesIn(country)
				f.staysIn(country)
			}
		}
		p := Programme{Name: "all", Locale: "en"}
		must(t, s.CreateProgramme(t.Context(), "", &p))
		if p.Countries != everywhere {
			t.Errorf("a programme that says nothing serves %s", p.Countries)
		}
		p.Countries = "MX,US"
		wantCode(t, s.UpdateProgramme(t.Context(), "", &p), CodeInvalid)
	})
}

type countryCase struct {
	*Store
	t         *testing.T
	programme Programme
	served    bool
	codes     int
}

// person makes a profile that is not stored.
func (f *countryCase) person(country string, state ProfileState) *ProfileRow {
	f.codes++
	return &ProfileRow{ProgrammeID: f.programme.ID, State: state, Profile: Profile{
		Role: RoleMentor, ID: "M-" + strings.Repeat("x", f.codes), Country: country, Capacity: 1, Reliability: -1,
	}}
}

// refused says that something was refused, with the countries and the code, exactly if the person is not served.
func (f *countryCase) refused(what string, err error) {
	f.t.Helper()
	e, _ := err.(*Error) //nolint:errorlint // the store's own
	switch {
	case f.served && err != nil:
		f.t.Errorf("%s, %s: %v", f.programme.Name, what, err)
	case !f.served && (e == nil || e.Code != CodeInvalid || e.Field != "country" || !slices.Equal(e.Args["Countries"].([]string), f.programme.Countries.List())):
		f.t.Errorf("%s, %s: %v", f.programme.Name, what, err)
	}
}

// comesIn tries every way in.
func (f *countryCase) comesIn(country string) {
	ctx := f.t.Context()
	draft := f.person(country, ProfileDraft)
	must(f.t, f.SaveProfiles(ctx, "", []*ProfileRow{draft}, nil))
	must(f.t, f.UpdateProfile(ctx, "", draft))
	_, err := f.MoveProfile(ctx, "", draft.UID, ProfileSubmit)
	f.refused("submit", err)
	for _, state := range []ProfileState{ProfileSubmitted, ProfileApproved, ProfileWaiting, ProfilePaused} {
		f.refused("create as "+string(state), f.SaveProfiles(ctx, "", []*ProfileRow{f.person(country, state)}, nil))
	}
	here := f.programme.Countries.List()[0]
	one, other := f.person(here, ProfileWaiting), f.person(here, ProfileDraft)
	must(f.t, f.SaveProfiles(ctx, "", []*ProfileRow{one, other}, nil))
	one.Profile.Country, other.Profile.Country = country, country
	must(f.t, f.UpdateProfile(ctx, "", other)) // a draft may say anything
	f.refused("move", f.UpdateProfile(ctx, "", one))
	if !f.served {
		one.Profile.Country = here
		must(f.t, f.UpdateProfile(ctx, "", one))
		one.Profile.Country = country
		f.refused("move with others", f.SaveProfiles(ctx, "", []*ProfileRow{f.person(here, ProfileWaiting)}, []*ProfileRow{one}))
	}
}

// staysIn lets a programme serve everybody, takes somebody in, and narrows it again.
func (f *countryCase) staysIn(country string) {
	ctx := f.t.Context()
	narrow := f.programme.Countries
	f.programme.Countries = everywhere
	must(f.t, f.UpdateProgramme(ctx, "", &f.programme))
	in, sent := f.person(country, ProfileWaiting), f.person(country, ProfileDraft)
	must(f.t, f.SaveProfiles(ctx, "", []*ProfileRow{in, sent, f.person(country, ProfileDraft), f.person(country, ProfileWithdrawn)}, nil))
	_, err := f.MoveProfile(ctx, "", sent.UID, ProfileSubmit)
	must(f.t, err)
	if n, err := f.CountOutside(ctx, &f.programme); err != nil || n != 0 {
		f.t.Errorf("%s: %d outside of all countries, %v", f.programme.Name, n, err)
	}
	f.programme.Countries = narrow
	must(f.t, f.UpdateProgramme(ctx, "", &f.programme))
	want := 2
	if f.served {
		want = 0
	}
	if n, err := f.CountOutside(ctx, &f.programme); err != nil || n != want {
		f.t.Errorf("%s: %d outside, %v", f.programme.Name, n, err)
	}
	in.Profile.Name = "Ana" // who is in goes on as before
	must(f.t, f.UpdateProfile(ctx, "", in))
	for _, event := range []ProfileEvent{ProfilePause, ProfileWait} {
		_, err := f.MoveProfile(ctx, "", in.UID, event)
		must(f.t, err)
	}
	_, err = f.MoveProfile(ctx, "", sent.UID, ProfileApprove)
	f.refused("approve", err)
}

// TestOrganizationNames refuses a second home organisation of a name in a country, and gives those of before names that
// differ: the oldest keeps its own.
func TestOrganizationNames(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			s := openStore(t, newDSN(t, kind))
			p, err := s.migrator()
			must(t, err)
			_, err = p.UpTo(ctx, 25)
			must(t, err)
			for n, o := range [][2]string{{"SCORE Laredo", "US"}, {"SCORE Laredo", "US"}, {"SCORE Laredo", "MX"}, {"SCORE Laredo", "US"}, {"Cámara", "MX"}} {
				must(t, s.Gorm.Create(&Organization{ID: fmt.Sprintf("0190a5b2-0000-7000-8000-%012d", n), Name: o[0], Country: o[1], Kind: KindOther, Version: 1, CreatedAt: s.now()}).Error)
			}
			_, err = s.Migrate(ctx)
			must(t, err)
			all, err := s.Organizations(ctx)
			must(t, err)
			var got []string
			for _, o := range all {
				got = append(got, o.Country+" "+o.Name)
			}
			want := []string{"MX Cámara", "US SCORE Laredo", "MX SCORE Laredo", "US SCORE Laredo (000000000001)", "US SCORE Laredo (000000000003)"}
			if !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			wantCode(t, s.CreateOrganization(ctx, "", &Organization{Name: " SCORE Laredo ", Country: "US"}), CodeConflict)
			must(t, s.CreateOrganization(ctx, "", &Organization{Name: "SCORE Laredo", Country: "CA"}))
			second := all[3]
			second.Name = "SCORE Laredo"
			wantCode(t, s.UpdateOrganization(ctx, "", &second), CodeConflict)
			second.Name = "SCORE Laredo 2"
			must(t, s.UpdateOrganization(ctx, "", &second))
			must(t, s.UpdateOrganization(ctx, "", &second)) // its own name is not taken
		})
	}
}

// TestOrganizationKinds stores an organisation of every kind, and of none.
func TestOrganizationKinds(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		for _, kind := range Vocabularies().OrganizationKinds {
			o := Organization{Name: kind.Title.ES, Country: "MX", Kind: kind.ID}
			must(t, s.CreateOrganization(t.Context(), "", &o))
			if got, err := s.Organization(t.Context(), o.ID); err != nil || got.Kind != kind.ID {
				t.Errorf("%s: %+v %v", kind.ID, got, err)
			}
		}
		o := Organization{Name: "Cámara", Country: "MX"}
		must(t, s.CreateOrganization(t.Context(), "", &o))
		if o.Kind != KindOther {
			t.Errorf("the kind is %q", o.Kind)
		}
		o.Kind = "club"
		wantCode(t, s.UpdateOrganization(t.Context(), "", &o), CodeInvalid)
		o.Kind = "chamber"
		must(t, s.UpdateOrganization(t.Context(), "", &o))
		wantCode(t, s.CreateOrganization(t.Context(), "", &Organization{Name: "X", Country: "MX", Kind: "Chamber"}), CodeInvalid)
	})
}
