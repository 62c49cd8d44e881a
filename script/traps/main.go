// Command traps is the linter of this project's own: it finds the traps of
// GORM, gin, JWT and net/http that the compiler and other linters let pass.
// The go command runs it, package by package, and remembers what it said:
//
//	go build -C script/traps -o /tmp/traps . && go vet -vettool=/tmp/traps ./...
//
// Each rule is one file, named like the rule. A line that a rule must let pass
// says why, at its end or on a line of its own above:
//
//	//lint:allow RULE: reason
//
// It is refused without a reason, and where the rule finds nothing.
package main

import "golang.org/x/tools/go/analysis/unitchecker"

func main() { unitchecker.Main(newAnalyzer(rules)) }
