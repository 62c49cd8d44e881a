package api

import (
	"net/url"
	"strings"
	"testing"

	"puente/models"
	"puente/web"
)

// TestProfileFormKeepsCells fills in the form of each side from cells, as a
// browser would send it back, and wants the same cells.
func TestProfileFormKeepsCells(t *testing.T) {
	cells := map[string]string{
		"name": "Salsas del Valle", "organization": "Grupo Valle", "country": "MX", "region": "MX-OAX", "timezone": "America/Mexico_City",
		"sectors": "311941;3119;31", "stage": "first_sale", "targets": "CA;US-TX", "needs": "rules_of_origin:1;labelling_language:2",
		"expertise": "rules_of_origin:3@CA;rules_of_origin:2;customs_clearance:1@MX", "markets": "CA:3;MX-JAL:1", "stages": "exploring;regular",
		"capacity": "2", "languages": "es:native;en:B1;nah:A2", "format": "video;phone", "cadence": "monthly",
		"slots": "Mon 09:00-12:00;Sat 07:30-08:15;Sun 22:00-24:00", "min_overlap": "60",
	}
	for _, side := range []models.Role{models.RoleMentee, models.RoleMentor} {
		v := &visit{Page: &web.Page{Lang: "fr"}}
		for _, g := range v.editorsOf(side) {
			for _, e := range g.columns {
				v.form = url.Values{}
				for _, f := range e.fields(v, e.column, cells[e.column]) {
					send(t, v.form, f)
				}
				if got := e.cell(v, e.column, cells[e.column]); got != cells[e.column] {
					t.Errorf("%v %s: %q comes back as %q", side, e.column, cells[e.column], got)
				}
			}
		}
	}
}

// send adds what a browser sends of a field.
func send(t *testing.T, form url.Values, f web.Field) {
	t.Helper()
	switch f.Kind {
	case web.KindRows:
		for _, row := range f.Rows {
			for _, list := range row {
				send(t, form, list)
			}
		}
	case web.KindCheckboxes:
		for _, value := range f.Values {
			if !listed(f.Options, value) {
				t.Errorf("%s has no box for %s", f.Name, value)
			}
		}
		form[f.Name] = f.Values
	default:
		if f.Kind == web.KindSelect && !listed(f.Options, f.Value) {
			t.Errorf("%s has no choice %s", f.Name, f.Value)
		}
		form.Set(f.Name, f.Value)
	}
}

// TestOtherChoices reads what the form says of values that its lists do not
// offer.
func TestOtherChoices(t *testing.T) {
	for value, want := range map[string]string{
		"Sat 07:30-08:15": "sábado 7:30 a.m.–8:15 a.m.", "Sun 22:00-24:00": "domingo 10:00 p.m.–12:00 a.m.", "Sun 25:00-26:00": "sun 25:00-26:00",
		"311941": "311941 otras industrias alimentarias", "31": "31", "rules": "rules",
	} {
		o := otherOption("es", value)
		got := strings.TrimSpace(o.Label + " " + o.Hint)
		if got = strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(strings.ToLower(got)); got != want || o.Value != value {
			t.Errorf("%s: %q, not %q", value, got, want)
		}
	}
}
