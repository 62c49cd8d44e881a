// Package jobs does the work that outlives a request, and is the only bridge
// between the people that package models reads and the numbers that package
// matching works with.
//
//   - Snapshot freezes people into the engine's input, Match makes a round of
//     them and Assign solves any score file; Published writes round.json.
//   - ImportDirectory turns another publisher's directory into people by a
//     mapping, Generate makes people who do not exist.
//   - Queue has runs of a round made by whichever process has time, RunNow
//     makes one, Replay makes it again, and Advisor explains mentors from what
//     is stored.
//   - SuggestTopics proposes topics of a text for its writer to confirm.
//   - ImportPeople and ExportPeople move people between files and the store,
//     ImportOwnership and ExportOwnership what they have said of owners.
//
// It imports models and matching, and nothing else of ours. Only the queue
// reads a clock, for when to look and to give up; all chance comes from a seed
// that the caller gives.
package jobs
