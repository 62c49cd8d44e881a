// Package jobs does the work that outlives a request, and is the only bridge
// between the people that package models reads and the numbers that package
// matching works with.
//
//   - Snapshot freezes people into the engine's input, Match makes a round of
//     them and Assign solves any score file; Published writes round.json.
//   - ImportDirectory turns another publisher's directory into people by a
//     mapping, Generate makes people who do not exist.
//
// It imports models and matching, and nothing else of ours. It reads no clock,
// and all chance comes from a seed that the caller gives.
package jobs
