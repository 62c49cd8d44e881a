package models

import "strings"

// Fate is what erasing somebody does with a row.
type Fate string

// The fates.
const (
	FateNone    Fate = ""        // no row can name a person
	FateDeleted Fate = "deleted" // the row goes
	FateEmptied Fate = "emptied" // the row stays, for what hangs on it, and says nothing of the person any more
	FateKept    Fate = "kept"    // the row stays as it is: it names the person by an id only, of which nothing is left
)

// Holding is what a table of the database has of people. Each column stands in exactly one of its lists. Names of columns are
// separated by spaces.
type Holding struct {
	Table string
	Names string // the condition of the rows that name a person: of @account, @email and @email_key; "" when none can
	Fate  Fate

	Says  string // columns with what somebody wrote, or who she is: exported
	Plain string // ids, states, numbers and times: exported
	Opens string // what opens something, or the hash of it: never exported
	Other string // not exported: it is of other people too, or of the program, or says nothing

	JSON    string // those of the exported columns that hold JSON
	Emptied string // of FateEmptied: what is written into which column
	Why     string // why rows stay or cannot name anybody; what else whoever reads this must know
}

// How rows name a person.
const (
	byAccount = "account_id = @account"
	ofProfile = "(SELECT id FROM profiles WHERE account_id = @account)"
	byProfile = "profile_id IN " + ofProfile
	bySide    = "mentee_id IN " + ofProfile + " OR mentor_id IN " + ofProfile
	bySession = "session_hash IN (SELECT id_hash FROM sessions WHERE account_id = @account)"
	// byCode finds JSON that names one of the person's profiles by its code.
	byCode = `EXISTS (SELECT 1 FROM rounds o JOIN profiles p ON p.programme_id = o.programme_id WHERE o.id = runs.round_id
		AND p.account_id = @account AND replace(runs.snapshot || runs.result || runs.clash, '"' || replace(replace(p.code, '\', '\\'), '"', '\"') || '"', '')
		<> runs.snapshot || runs.result || runs.clash)`
)

// Inventory is every table of the database in the order in which a person is erased: what names others comes before what
// it names. ExportAccount and EraseAccount are driven by it, and TestInventory wants it to be whole.
var Inventory = []Holding{
	{
		Table: "refresh_tokens", Names: bySession, Fate: FateDeleted,
		Plain: "created_at used_at", Opens: "id_hash session_hash",
	},
	{
		Table: "flows", Fate: FateDeleted,
		Names: bySession + " OR lower(email) = @email_key OR EXISTS (SELECT 1 FROM identities i WHERE i.account_id = @account" +
			" AND i.provider_id = flows.provider_id AND i.subject = flows.subject)",
		Says: "subject email", Plain: "provider_id lang created_at expires_at", Opens: "state_hash browser_hash session_hash next",
	},
	{
		Table: "sessions", Names: byAccount, Fate: FateDeleted,
		Says: "device network", Plain: "id account_id kind created_at used_at idle idle_at expires_at", Opens: "id_hash",
	},
	{Table: "half_sessions", Names: byAccount, Fate: FateDeleted, Plain: "account_id created_at expires_at", Opens: "id_hash"},
	{
		Table: "api_keys", Names: byAccount, Fate: FateDeleted,
		Says: "name", Plain: "id account_id scopes created_at used_at expires_at", Opens: "key_hash prefix", JSON: "scopes",
	},
	{Table: "factors", Names: byAccount, Fate: FateDeleted, Plain: "account_id created_at confirmed_at", Opens: "secret step"},
	{Table: "recovery_codes", Names: byAccount, Fate: FateDeleted, Plain: "account_id created_at used_at", Opens: "code_hash"},
	{
		Table: "passkey_challenges", Names: byAccount, Fate: FateDeleted,
		Says: "name", Plain: "account_id created_at expires_at", Opens: "id_hash session",
	},
	{
		Table: "passkeys", Names: byAccount, Fate: FateDeleted,
		Says: "name", Plain: "id account_id counter created_at used_at", Opens: "key_id credential",
	},
	{
		Table: "identities", Names: byAccount, Fate: FateDeleted,
		Says: "subject", Plain: "id account_id provider_id issuer created_at used_at",
	},
	{
		Table: "links", Names: byAccount + " OR lower(email) = @email_key OR slot = 'verify:' || @email_key", Fate: FateDeleted,
		Says: "email", Plain: "account_id purpose created_at expires_at used_at", Opens: "id_hash slot",
	},
	{
		Table: "sign_ups", Names: "email_key = @email_key", Fate: FateDeleted,
		Says: "email_key email name organization country subject", Plain: "role both_sides lang provider_id created_at", Opens: "password_hash browser network",
	},
	{
		Table: "mails", Names: byAccount + " OR lower(address) = @email_key", Fate: FateDeleted,
		Says: "address problem", Plain: "id account_id kind lang state attempts created_at expires_at sent_at", Opens: "content",
		Why: "what a mail says may hold a link that signs in, so it is not exported; its kind tells what it was about",
	},
	{
		Table: "request_keys", Names: "actor = @account AND status > 0", Fate: FateDeleted,
		Plain: "actor status created_at expires_at claimed_until", Opens: "key_hash request_hash claim answer",
		Why: "one whose answer is still to come, such as that of the erasure itself, ends within a day; so do those of others, whose answers are sealed",
	},
	{
		Table: "rate_windows", Names: "sender = @account", Fate: FateDeleted,
		Plain: "class sender starts_at ends_at used",
	},
	{
		Table: "grants", Names: "account_id = @account OR granted_by = @account OR ended_by = @account", Fate: FateKept,
		Plain: "id account_id role programme_id organization_id granted_by granted_at ended_by ended_at",
		Why:   "those that hold are ended; it stays known that some account could see others' data, of which the id is all that is left",
	},
	{Table: "own_words", Names: byProfile, Fate: FateDeleted, Says: "words vector", Plain: "profile_id model created_at embedded_at"},
	{
		Table: "ownership_answers", Names: byProfile, Fate: FateDeleted,
		Says: "answer", Plain: "profile_id purpose question created_at id",
		Why: "the answers are sealed, and opened for an export",
	},
	{
		Table: "profile_keys", Names: byProfile, Fate: FateDeleted, Plain: "profile_id created_at", Opens: "sealed_key",
		Why: "without the key the answers cannot be read in old copies either",
	},
	{
		Table: "consents", Names: byProfile, Fate: FateDeleted, Plain: "profile_id purpose given_at text_version lang withdrawn_at id",
		Why: "the audit log keeps that an id gave and withdrew them",
	},
	{
		Table: "offers", Names: bySide, Fate: FateEmptied, Emptied: "reason = ''",
		Plain: "id round_id pair_id mentee_id mentor_id state expires_at version created_at updated_at", Other: "reason",
		Why: "why it was declined is not told to the other side, and the row does not say who did; " +
			"it is the other side's too, who sees that it is closed; those that wait or hold are ended first, and a place is freed",
	},
	{
		Table: "pairs", Names: bySide, Fate: FateEmptied, Emptied: "lines = '[]'",
		Says: "lines", Plain: "id run_id mentee_id mentor_id score", Other: "mentee_rank mentor_rank", JSON: "lines",
		Why: "where each stands for the other is the other's; the plan that was published stays whole: who with whom, by id, and with which score",
	},
	{
		Table: "runs", Names: byCode, Fate: FateEmptied, Emptied: "snapshot = '" + ErasedSnapshot + "'",
		Plain: "id round_id state seed start snapshot_hash pairs score created_at started_at ended_at",
		Other: "settings engine_version settings_hash snapshot result reason label figures clash keep_run keep_points time_limit",
		Why: "snapshot, result and clash are of all who took part, and not exported. The snapshot goes as a whole: the run cannot be made again. " +
			"Result and clash stay, byte for byte, so that the proof still holds: they have the codes that profiles had, ids of vocabularies and numbers; " +
			"nothing here knows any more whose code that was",
	},
	{
		Table: "profiles", Names: byAccount + " AND code <> 'erased-' || id", Fate: FateEmptied,
		Says: "code name country region time_zone languages sectors slots cadence formats organization conflicts wishes targets needs stage min_overlap " +
			"expertise markets stages capacity paused reliability",
		Plain: "id programme_id account_id organization_id state role used synthetic version created_at updated_at",
		JSON:  "languages sectors slots formats conflicts wishes targets needs expertise markets stages",
		Emptied: "code = 'erased-' || id, name = '', country = '', region = '', time_zone = '', languages = '', sectors = '', slots = '', cadence = '', " +
			"formats = '', organization = '', conflicts = '', wishes = '', targets = '', needs = '', stage = '', min_overlap = 0, expertise = '', " +
			"markets = '', stages = '', capacity = 0, used = 0, paused = FALSE, reliability = -1, organization_id = NULL, state = 'withdrawn', " +
			"version = version + 1, updated_at = @now",
		Why: "pairs and offers hang on it; others' conflicts and wishes lose its code",
	},
	{
		Table: "accounts", Names: "id = @account AND erased_at IS NULL", Fate: FateEmptied,
		Says:  "email email_key",
		Plain: "id role lang both_sides verified_at organization_id disabled_at factor_at erased_at version created_at updated_at", Opens: "password_hash",
		Emptied: "email = 'erased-' || id, email_key = 'erased-' || id, password_hash = '', lang = 'en', both_sides = FALSE, verified_at = NULL, " +
			"organization_id = NULL, factor_at = NULL, disabled_at = @now, erased_at = @now, version = version + 1, updated_at = @now",
		Why: "the audit log and grants name it by its id",
	},
	{
		Table: "audit_log", Fate: FateKept,
		Names: "actor_id = @account OR subject_id = @account OR subject_id IN " + ofProfile + " OR details LIKE '%' || @account || '%'",
		Plain: "at action subject subject_id details actor_id id", JSON: "details",
		Why: "entries hold ids, states and numbers; the chain breaks if one is changed",
	},
	{Table: "audit_chain", Other: "seq entry_id hash", Why: "hashes over entries"},
	{Table: "audit_head", Other: "id seq hash", Why: "the last of the hashes"},
	{
		Table: "throttles", Other: "key tries until updated_at",
		Why: "keyed hashes, forgotten after two hours: they name nobody, and can be asked for only with an address",
	},
	{Table: "organizations", Other: "id name country kind version created_at", Why: "organisations, written by administrators"},
	{Table: "providers", Other: "id organization_id issuer client_id client_secret label enabled version created_at updated_at", Why: "of organisations"},
	{
		Table: "programmes", Other: "id name locale demographics settings countries version created_at updated_at",
		Why: "settings have no people",
	},
	{
		Table: "rounds", Other: "id programme_id name state settings seed start chosen_run version created_at updated_at",
		Why: "settings have no people",
	},
	{Table: "installations", Other: "id fingerprint", Why: "of the installation"},
	{Table: "goose_db_version", Other: "*", Why: "which steps the database has taken"},
	{Table: "river_job", Other: "*", Why: "a job names a run or a mail by its id; its errors say nothing of people"},
	{Table: "river_queue", Other: "*", Why: "of the queue"},
	{Table: "river_leader", Other: "*", Why: "which process leads"},
	{Table: "river_migration", Other: "*", Why: "which steps the queue's tables have taken"},
	{Table: "river_client", Other: "*", Why: "of the queue"},
	{Table: "river_client_queue", Other: "*", Why: "of the queue"},
	{Table: "river_notification", Other: "*", Why: "of the queue"},
}

// Exported are the columns of which a person gets a copy.
func (h *Holding) Exported() []string { return strings.Fields(h.Says + " " + h.Plain) }

// Columns are all columns of the table; one "*" where they belong to another program.
func (h *Holding) Columns() []string {
	return append(h.Exported(), strings.Fields(h.Opens+" "+h.Other)...)
}
