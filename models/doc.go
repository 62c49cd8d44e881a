// Package models holds what Puente stores and reads, and the rules that belong
// to it: the vocabularies of cross-border mentoring and the files in which
// people, scores and rules arrive.
//
// The [Store] keeps accounts, programmes, profiles, rounds with their runs,
// and offers in SQLite or PostgreSQL. The tables are the numbered files under
// migrations/; what the data must obey is a constraint there. Transition
// tables say which steps a profile, a round, a run and an offer can take.
//
// It knows no HTTP and no matching. The vocabularies are data, not code: CSV
// files under vocabulary/ with a version, titles in English, Spanish and
// French, a source and a period of validity per item. They are embedded, read
// once and shared; see Vocabularies.
//
// A term has a text id, used in files, and a number, used by the engine. The
// number is the place in its list counted from one, so that zero can say "not
// there". Lists only grow at their end within one version.
package models
