package jobs

import (
	"encoding/json"
	"slices"
	"strings"

	"puente/matching"
)

// methods are the names of matching's methods, by number.
var methods = [matching.NumMethods]string{"optimal", "stable", "balanced", "lottery"}

// MethodName is the name of a method in files, commands and the API.
func MethodName(m matching.Method) string { return methods[m] }

// MethodNamed finds a method that this program has by its name.
func MethodNamed(name string) (m matching.Method, ok bool) {
	at := slices.Index(methods[:], name)
	if at < 0 || !matching.Method(at).Available() {
		return 0, false
	}
	return matching.Method(at), true
}

// MethodNames are the names of the methods that this program has.
func MethodNames() (names []string) {
	for m, name := range methods {
		if matching.Method(m).Available() {
			names = append(names, name)
		}
	}
	return names
}

// WithMethod gives settings in JSON another method, or leaves them as they are
// for "". Problem is the key of the message that says why that cannot be, or "".
func WithMethod(settings, method string) (out, problem string) {
	if method == "" {
		return settings, ""
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(settings), &members); err != nil {
		return settings, "" // the run will say what is wrong with them
	}
	if _, known := MethodNamed(method); !known {
		return "", "settings.method"
	}
	members["method"] = compact(method)
	text := string(compact(members))
	if s, problems := ReadSettings("settings", strings.NewReader(text)); len(problems) > 0 && s.Conflict() != "" {
		return "", s.Conflict()
	}
	return text, ""
}

// MethodOf is the method that settings in JSON name.
func MethodOf(settings string) string {
	s, _ := ReadSettings("settings", strings.NewReader(settings))
	return MethodName(s.Method)
}
