package models

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// checkReadme checks that the notes beside the data name every file.
func checkReadme(t *testing.T) {
	notes, err := os.ReadFile("vocabulary/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range vocabularyCopy(t) {
		if file := strings.TrimPrefix(name, "vocabulary/"); !strings.Contains(string(notes), "`"+file+"`") {
			t.Errorf("README.md does not name %s", file)
		}
	}
}

// vocabularyCopy returns the embedded files so that a test may break them.
func vocabularyCopy(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(vocabularyFiles, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(vocabularyFiles, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestLoadVocabularyBroken(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"version", "VERSION", "1", "one", "VERSION: \"one\\n\" is no version"},
		{"header", "topics.csv", "keywords", "words", "topics.csv: header is"},
		{"header only half", "sizes.csv", "id,scheme", "id", "sizes.csv: record on line 2"},
		{"quote", "regions.csv", "US-AK", "US-\"AK", "regions.csv: parse error on line 2"},
		{"list", "terms.csv", "Mon,day", "Mon,dya", "terms.csv:46: unknown list \"dya\""},
		{"title", "languages.csv", "Inglés", " ", "languages.csv:2: no es"},
		{"source", "languages.csv", "languages of the agreement", "", "languages.csv:2: no source"},
		{"date", "sectors.csv", "2022-01-01", "2022-02-30", "sectors.csv:2: valid_from: parsing time"},
		{"period", "terms.csv", "T-MEC y aduanas,Origine ACEUM et douanes,2020-07-01,", "T-MEC,ACEUM,2020-07-01,2020-06-30", "valid_from is after valid_to"},
		{"twice", "regions.csv", "US-AL", "US-AK", "regions.csv:3: region \"US-AK\" is there twice"},
		{"region of no country", "regions.csv", "MX-OAX", "GT-OAX", "unknown country \"GT\""},
		{"region without zone", "regions.csv", "America/Regina;America/Edmonton", "", "no zone"},
		{"sector code letters", "sectors.csv", "21,21,21,21", "21,2x,21,21", "\"2x\" is no industry code"},
		{"sector code length", "sectors.csv", "21,21,21,21", "21,212,21,21", "\"212\" is no industry code"},
		{"sector code twice", "sectors.csv", "22,22,22,22", "22,21,22,22", "sector code \"21\" is there twice"},
		{"subsector of no sector", "subsectors.csv", "111,11,", "111,10,", "subsectors.csv:2: unknown sector \"10\""},
		{"subsector of another sector", "subsectors.csv", "111,11,", "111,21,", "not a code of sector 21 in US"},
		{"subsector shared by two", "subsectors.csv", "111,11,US;CA;MX", "111,11,US;CA", "trilateral, but not in use"},
		{"subsector flag", "subsectors.csv", "111,11,US;CA;MX,yes", "111,11,US;CA;MX,maybe", "not yes or no"},
		{"national code elsewhere", "subsectors.csv", "5171;5178", "5181;5178", "\"5181\" is not below \"517\""},
		{"group of no subsector", "groups.csv", "1111,111", "1111,110", "unknown subsector \"110\""},
		{"group elsewhere", "groups.csv", "1111,111", "1111,112", "\"1111\" is not below \"112\""},
		{"group of one country", "groups.csv", "5174,517", "5171,517", "\"5171\" is not shared"},
		{"family too short", "families.csv", "4244;4248", "42;4248", "\"42\" is no industry code"},
		{"family of no subsector", "families.csv", "4244;4248", "4394;4248", "\"4394\" is in no subsector of country 1"},
		{"family twice", "families.csv", "434;4684", "434;461", "\"461\" is in two families"},
		{"topic of no area", "topics.csv", "export.export_plan", "exports.export_plan", "unknown area \"exports\""},
		{"topic of no initiative", "topics.csv", "export.export_plan,export_readiness", "export.export_plan,", "topics.csv:2: no initiative"},
		{"topic short id twice", "topics.csv", "origin.rules_of_origin", "origin.export_plan", "topic \"export_plan\" is there twice"},
		{"initiative", "topics.csv", "export.export_plan,export_readiness", "export.export_plan,readiness", "unknown initiative \"readiness\""},
		{"glossary header", "glossary.csv", "phrase,shared", "phrase,common", "glossary.csv: header is"},
		{"glossary topic", "glossary.csv", "export_plan,en,export plan", "export_plans,en,export plan", "glossary.csv:2: unknown topic \"export_plans\""},
		{"glossary language", "glossary.csv", "export_plan,en,export plan", "export_plan,de,export plan", "unknown language \"de\""},
		{"glossary phrase", "glossary.csv", "en,export plan", "en,export  plan", "phrase \"export  plan\" is empty or not tidy"},
		{"glossary shared", "glossary.csv", "en,export plan,", "en,export plan,no", "shared is \"no\""},
		{"glossary hint", "glossary.csv", "en,export plan,,", "en,export plan,,no", "hint is \"no\""},
		{"glossary twice", "glossary.csv", "en,export readiness", "en,Export plan", "phrase \"Export plan\" is there twice"},
		{"glossary ambiguous", "glossary.csv", "en,export plan", "en,trademark", "phrase \"trademark\" has 2 topics, shared is false"},
		{"glossary not ambiguous", "glossary.csv", "en,export plan,", "en,export plan,yes", "phrase \"export plan\" has 1 topics, shared is true"},
		{"language country", "languages.csv", "US;CA;MX", "US;CA;GT", "unknown country \"GT\""},
		{"certification kind", "certifications.csv", "government_certification", "licence", "unknown certification_kind \"licence\""},
		{"certification dimension", "certifications.csv", "women", "woman", "unknown aspect \"woman\""},
		{"size scheme", "sizes.csv", "common.solo,common", "common.solo,commons", "unknown scheme \"commons\""},
		{"size number", "sizes.csv", "common,,2,9", "common,,-2,9", "workers_min is \"-2\", not a whole number"},
		{"indicator unit", "indicators.csv", "sme_exporters,count", "sme_exporters,counts", "unknown unit \"counts\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := vocabularyCopy(t)
			file := files["vocabulary/"+c.file]
			text := string(file.Data)
			if file.Data = []byte(strings.Replace(text, c.old, c.new, 1)); string(file.Data) == text {
				t.Fatalf("%s has no %q", c.file, c.old)
			}
			_, err := loadVocabulary(files)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestLoadVocabularyFiles(t *testing.T) {
	for name := range vocabularyCopy(t) {
		t.Run(name, func(t *testing.T) {
			files := vocabularyCopy(t)
			delete(files, name)
			if _, err := loadVocabulary(files); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("without the file: error %v", err)
			}
			files[name] = &fstest.MapFile{}
			if _, err := loadVocabulary(files); err == nil {
				t.Error("no error for an empty file")
			}
		})
	}
}

// Every fault is listed at once.
func TestLoadVocabularyAll(t *testing.T) {
	files := vocabularyCopy(t)
	for name, fault := range map[string][2]string{
		"regions.csv":   {"MX-OAX", "GT-OAX"},
		"languages.csv": {"Inglés", ""},
		"sizes.csv":     {"common,,2,9", "common,,x,9"},
	} {
		file := files["vocabulary/"+name]
		file.Data = []byte(strings.Replace(string(file.Data), fault[0], fault[1], 1))
	}
	_, err := loadVocabulary(files)
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("want three faults, one a line, have: %v", err)
	}
}

func BenchmarkLoadVocabulary(b *testing.B) {
	for b.Loop() {
		if _, err := loadVocabulary(vocabularyFiles); err != nil {
			b.Fatal(err)
		}
	}
}
