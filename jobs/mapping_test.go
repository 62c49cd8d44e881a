package jobs

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"puente/models"
)

// textOf are the messages of one language that the import uses.
type textOf map[string]*template.Template

// say renders a message and fails when it is missing, lacks an argument or
// breaks the line.
func (m textOf) say(t testing.TB, key string, args map[string]any) string {
	t.Helper()
	message, ok := m[key]
	if !ok {
		t.Errorf("no message %s", key)
		return key
	}
	var b strings.Builder
	if err := message.Execute(&b, args); err != nil {
		t.Error(err)
	}
	if strings.ContainsAny(b.String(), "\n\r\t") {
		t.Errorf("%s is more than one line: %q", key, b.String())
	}
	return b.String()
}

// importMessages reads the messages of the import and of people files, in
// three languages.
func importMessages(t testing.TB) map[string]textOf {
	t.Helper()
	all := map[string]textOf{}
	for _, lang := range []string{"en", "es", "fr"} {
		all[lang] = textOf{}
		for _, area := range []string{"import", "people"} {
			for key, text := range messageFile(t, area, lang) {
				message, err := template.New(key).Option("missingkey=error").Funcs(template.FuncMap{"num": func(n int) int { return n }}).Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				all[lang][key] = message
			}
		}
	}
	return all
}

func messageFile(t testing.TB, area, lang string) (texts map[string]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "web", "messages", area+"."+lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestImportMessages wants the keys in the code and in the messages to be the
// same.
func TestImportMessages(t *testing.T) {
	key := regexp.MustCompile(`"(import\.[a-z_]+)"`)
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllSubmatch(data, -1) {
			if !strings.HasSuffix(file, "_test.go") {
				used[string(m[1])] = true
			}
		}
	}
	for _, lang := range []string{"en", "es", "fr"} {
		got := slices.Sorted(maps.Keys(messageFile(t, "import", lang)))
		if want := slices.Sorted(maps.Keys(used)); !slices.Equal(got, want) {
			t.Errorf("%s has %v\nthe code uses %v", lang, got, want)
		}
	}
}

// goodMapping is a mapping with everything in it.
const goodMapping = `{"format":"puente.mapping/1","name":"x","note":"n","encoding":"latin-1","separator":"\t",
	"role":{"column":"side","values":{"a":"mentor","b":"mentee","c":""},"unlisted":"ignore"},
	"fields":{"id":{"column":"i","prefix":"X-"},"country":{"constant":"MX"},"sectors":{"column":"s","list":",","values":{"q":"11"},"unlisted":"keep"}},
	"ownership":[{"dimension":"women","column":"w","list":",","values":{"F":"yes","M":"no","?":"prefer_not_to_say","-":"not_asked"}}]}`

func TestMappings(t *testing.T) {
	published := schema(t, "mapping.schema.json")
	t.Run("shipped", func(t *testing.T) {
		if got := ShippedMappings(); !slices.Equal(got, []string{"mx-denue", "us-md", "us-nyc"}) {
			t.Errorf("shipped: %v", got)
		}
		for _, name := range ShippedMappings() {
			data, err := mappingFiles.ReadFile("mappings/" + name + ".json")
			if err != nil || !valid(published, string(data)) {
				t.Errorf("the published schema refuses %s: %v", name, err)
			}
			if m, ok := ShippedMapping(name); !ok || m.Name != name || m.Note == "" {
				t.Errorf("%s: %+v", name, m)
			}
		}
		if m, ok := ShippedMapping("us-ny"); ok {
			t.Errorf("found %+v", m)
		}
	})
	t.Run("good", func(t *testing.T) {
		if _, problems := ReadMapping("m.json", strings.NewReader(goodMapping)); len(problems) > 0 || !valid(published, goodMapping) {
			t.Errorf("problems %v, schema %t", problems, valid(published, goodMapping))
		}
	})
	t.Run("the schema's lists are ours", func(t *testing.T) { checkSchemaLists(t) })
	for _, c := range []struct {
		name, old, new string
		problems       string // columns and keys
		schemaSees     bool
	}{
		{"empty object", goodMapping, `{}`, "format import.mapping_value name import.mapping_missing role import.mapping_source fields import.mapping_missing fields import.mapping_missing fields import.mapping_missing", true},
		{"not JSON", goodMapping, `id,name`, " json.syntax", true},
		{"unknown member", `"note":"n"`, `"notes":"n"`, "notes json.unknown", true},
		{"unknown member below", `"list":",","values":{"q"`, `"lists":",","values":{"q"`, "lists json.unknown", true},
		{"doubled member", `"note":"n"`, `"note":"n","note":"m"`, "note json.doubled", false},
		{"a number for a text", `"note":"n"`, `"note":1`, "note json.type", true},
		{"text behind", goodMapping, goodMapping + "{}", " json.trailing", true},
		{"another format", `mapping/1`, `mapping/2`, "format import.mapping_value", true},
		{"no name", `"name":"x",`, ``, "name import.mapping_missing", true},
		{"unknown encoding", `latin-1`, `utf-16`, "encoding import.mapping_value", true},
		{"unknown separator", `"separator":"\t"`, `"separator":" "`, "separator import.mapping_value", true},
		{"no role", `"column":"side",`, ``, "role import.mapping_source", true},
		{"an unknown role", `"b":"mentee"`, `"b":"friend"`, "role.values.b import.mapping_value", true},
		{"a constant of an unknown role", `{"column":"side","values":{"a":"mentor","b":"mentee","c":""},"unlisted":"ignore"}`, `{"constant":"friend"}`, "role.constant import.mapping_value", true},
		{"unknown field", `"country"`, `"land"`, "fields.land import.mapping_field fields import.mapping_missing", true},
		{"the mark of synthetic people", `"country":`, `"synthetic":{"constant":"no"},"country":`, "fields.synthetic import.mapping_field", true},
		{"no sectors", `,"sectors":{"column":"s","list":",","values":{"q":"11"},"unlisted":"keep"}`, ``, "fields import.mapping_missing", true},
		{"column and constant", `{"constant":"MX"}`, `{"constant":"MX","column":"c"}`, "fields.country import.mapping_source", true},
		{"constant with a prefix", `{"constant":"MX"}`, `{"constant":"MX","prefix":"c"}`, "fields.country import.mapping_constant", true},
		{"unknown choice for unlisted values", `"unlisted":"keep"`, `"unlisted":"drop"`, "fields.sectors.unlisted import.mapping_value", true},
		{"unlisted without values", `"prefix":"X-"`, `"unlisted":"keep"`, "fields.id.unlisted import.mapping_unlisted", true},
		{"unknown dimension", `"women"`, `"men"`, "ownership.0.dimension import.mapping_value", true},
		{"dimension twice", `"ownership":[`, `"ownership":[{"dimension":"women","column":"v","values":{"F":"yes"}},`, "ownership.1.dimension import.mapping_doubled", false},
		{"unknown answer", `"M":"no"`, `"M":"false"`, "ownership.0.values.M import.mapping_value", true},
		{"ownership without column", `"column":"w",`, ``, "ownership.0.column import.mapping_missing", true},
		{"ownership without values", `,"values":{"F":"yes","M":"no","?":"prefer_not_to_say","-":"not_asked"}`, ``, "ownership.0.values import.mapping_missing", true},
		{"ownership as a field too", `"country":{"constant":"MX"}`, `"country":{"constant":"MX"},"name":{"column":"w"}`, "fields.name import.mapping_private", false},
		{"ownership as the role too", `"column":"side"`, `"column":"w"`, "role import.mapping_private", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(goodMapping, c.old, c.new, 1)
			m, problems := ReadMapping("m.json", strings.NewReader(text))
			var got []string
			for _, p := range problems {
				got = append(got, p.Column, p.Key)
				if p.File != "m.json" || p.Row < 1 || p.Warning {
					t.Errorf("no place: %+v", p)
				}
				for _, messages := range importMessages(t) {
					if strings.HasPrefix(p.Key, "import.") {
						messages.say(t, p.Key, p.Args)
					}
				}
			}
			if m != nil || strings.Join(got, " ") != c.problems {
				t.Errorf("problems %q\nwant     %q", strings.Join(got, " "), c.problems)
			}
			if sees := !valid(published, text); sees != c.schemaSees {
				t.Errorf("the published schema refuses it: %t, want %t", sees, c.schemaSees)
			}
		})
	}
}

// checkSchemaLists compares the lists in the published schema with ours.
func checkSchemaLists(t *testing.T) {
	t.Helper()
	var doc struct {
		Properties struct {
			Fields struct {
				PropertyNames struct{ Enum []string }
			}
			Encoding, Separator struct{ Enum []string }
		}
		Defs struct {
			Source, Ownership struct {
				Properties map[string]struct {
					Enum                 []string
					AdditionalProperties struct{ Enum []string }
				}
			}
		} `json:"$defs"`
	}
	data, err := os.ReadFile("../docs/mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc.Defs.Source.Properties = nil
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw["properties"], &doc.Properties); err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range models.Fields {
		if f.Name != "synthetic" {
			fields = append(fields, f.Name)
		}
	}
	v := models.Vocabularies()
	for name, lists := range map[string][2][]string{
		"fields":     {doc.Properties.Fields.PropertyNames.Enum, fields},
		"encodings":  {doc.Properties.Encoding.Enum, mappingEncodings},
		"separators": {doc.Properties.Separator.Enum, mappingSeparators},
		"dimensions": {enumOf(t, raw["$defs"], "ownership", "properties", "dimension", "enum"), termIDs(v.Ownership)},
		"answers":    {enumOf(t, raw["$defs"], "ownership", "properties", "values", "additionalProperties", "enum"), termIDs(v.OwnershipValues)},
		"unlisted":   {enumOf(t, raw["$defs"], "source", "properties", "unlisted", "enum"), mappingUnlisted[1:]},
	} {
		if !slices.Equal(slices.Sorted(slices.Values(lists[0])), slices.Sorted(slices.Values(lists[1]))) {
			t.Errorf("%s: the schema has %v, the code %v", name, lists[0], lists[1])
		}
	}
}

// enumOf walks to a list of texts in JSON.
func enumOf(t *testing.T, data json.RawMessage, way ...string) (list []string) {
	t.Helper()
	for _, step := range way {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		data = object[step]
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestShippedShapes imports a row of each directory that a mapping ships for.
func TestShippedShapes(t *testing.T) {
	for _, c := range []struct {
		mapping, file string
		want          string // id, country, region and codes
		ownership     string
	}{
		{
			"us-md", "external_id,country,region,county,naics,certifications,women_owned,owner_group,since_year,suggested_role\n" +
				"MD-1,US,US-MD,Somewhere,541611;5416,DBE;MBE,not_stated,black,2016,mentor\n",
			"MD-1 US US-MD 541611 5416", "women not_asked black yes ethnic_minority yes indigenous not_asked",
		},
		{
			"us-nyc", "Account_Number,Vendor_Formal_Name,State,ID6_digit_NAICS_code,Certification,Ethnicity,Certification_Renewal_Date\n" +
				`0012,"Synthetic Paint, Inc.",NJ,238320,"MBE,WBE",BLACK,04/30/2026;04/30/2026` + "\n",
			"NYC-0012 US US-NJ 238320", "women yes black yes ethnic_minority yes indigenous not_asked",
		},
		{
			"mx-denue", "id,clee,nom_estab,raz_social,codigo_act,nombre_act,per_ocu,cve_ent,entidad\n" +
				"6251,x,SALSAS SINT\xc9TICAS,,311940,Elaboraci\xf3n de condimentos,0 a 5 personas,20,OAXACA\n",
			"DENUE-6251 MX MX-OAX 311940", "",
		},
	} {
		t.Run(c.mapping, func(t *testing.T) {
			in := importRegister(t, c.mapping, []byte(c.file), ImportOptions{Ownership: true})
			people := slices.Concat(in.Mentors, in.Mentees)
			if len(people) != 1 || len(in.Report.LeftOut) > 0 || len(in.Report.Unknown) > 0 {
				t.Fatalf("%+v", in)
			}
			p := people[0]
			got := strings.Join([]string{p.ID, p.Country, p.Region}, " ")
			for _, code := range p.Sectors {
				got += " " + code.Raw
			}
			var owners []string
			for _, a := range in.Ownership {
				owners = append(owners, a.Dimension, a.Value)
			}
			if got != c.want || strings.Join(owners, " ") != c.ownership {
				t.Errorf("%s; %v", got, owners)
			}
		})
	}
}

// TestDenueRegions wants the 32 federal entities to be 32 regions.
func TestDenueRegions(t *testing.T) {
	m, _ := ShippedMapping("mx-denue")
	v := models.Vocabularies()
	regions := map[string]bool{}
	for entity, region := range m.Fields["region"].Values {
		if n := v.Region(region); n == 0 || v.Regions[n-1].Country != "MX" {
			t.Errorf("%s: no region %s", entity, region)
		}
		regions[region] = true
	}
	if len(regions) != 32 {
		t.Errorf("%d regions", len(regions))
	}
}

// FuzzMapping reads any text as a mapping and, by it, any text as a directory:
// nothing panics, rows are accounted for, and what is imported with a
// simulation reads back without an error.
func FuzzMapping(f *testing.F) {
	f.Add(goodMapping, "side\ti\ts\tw\na\t1\tq,54\tF\n")
	f.Add(strings.Replace(goodMapping, `"\t"`, `""`, 1), "side,i,s,w\nb,1,\"q,54\",\nb,1,54,M\nz,2,54\n")
	for _, name := range ShippedMappings() {
		data, _ := mappingFiles.ReadFile("mappings/" + name + ".json")
		f.Add(string(data), "external_id,country,region,naics,suggested_role,women_owned,owner_group\nA,US,US-MD,54,mentor,yes,black\n")
	}
	f.Fuzz(func(t *testing.T, mapping, directory string) {
		m, problems := ReadMapping("m.json", strings.NewReader(mapping))
		if (m == nil) != (len(problems) > 0) {
			t.Fatalf("%v, %v", m, problems)
		}
		if m == nil {
			return
		}
		in, problems := ImportDirectory(m, "d.csv", strings.NewReader(directory), ImportOptions{Simulate: true, Seed: 1})
		if (in == nil) != (problems.Errors() > 0) {
			t.Fatalf("%v, %v", in, problems)
		}
		if in == nil {
			return
		}
		checkAccount(t, in)
		for _, side := range []struct {
			role   models.Role
			people []models.Profile
		}{{mentor, in.Mentors}, {mentee, in.Mentees}} {
			if len(side.people) == 0 {
				continue
			}
			_, report := models.ReadPeople("p.csv", strings.NewReader(string(peopleFile(t, side.role, side.people))), side.role)
			if report.Problems.Errors() > 0 {
				t.Errorf("%s\n%s\n%+v", mapping, directory, report.Problems)
			}
		}
	})
}

// TestImportDocs reads the mapping that the documentation shows.
func TestImportDocs(t *testing.T) {
	doc, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	if _, problems := ReadMapping("import.md", strings.NewReader(example)); len(problems) > 0 || !valid(schema(t, "mapping.schema.json"), example) {
		t.Errorf("the example is refused: %v", problems)
	}
	for _, name := range ShippedMappings() {
		if !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("%s is not described", name)
		}
	}
}
