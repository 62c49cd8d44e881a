package web

// Mailbox is the administrator's list of what the program wrote to people.
type Mailbox struct {
	Page
	Sends  bool // mails leave this machine, so that nothing can be read here
	States []StateLink
	List   []MailRow
	Newer  string // path of the list's page before, "" at the first
	Older  string // path of the list's page after, "" at the last
}

// MailRow is one mail of the list. State and Time are in the reader's language.
type MailRow struct {
	Subject, Address, State, Time string
	Failed                        bool
	Attempts                      int
	Problem                       string // why the last attempt failed
	Path                          string // where it can be read, "" where it cannot
	Again                         string // where to post that it be sent again, "" if it cannot
}

// MailShown is one mail that can be read.
type MailShown struct {
	Page
	Row   MailRow
	Lang  string // of the mail
	Parts []MailPart
	Back  string
}

// MailPart is a paragraph of a mail. Path is where it leads if it is the
// address of a page, "" for text.
type MailPart struct{ Text, Path string }
