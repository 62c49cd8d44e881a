package jobs

import (
	"slices"

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
