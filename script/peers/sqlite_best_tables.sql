-- As for PostgreSQL. SQLite cannot read one byte of a blob as a number, but it
-- reads digits: two characters of shares are what a mentor gives of an ask;
-- byte i of allowed is whether a demand allows mentor i.
CREATE TABLE mentors (
  id           INTEGER PRIMARY KEY, -- 0, 1, 2 ...
  tie          INTEGER NOT NULL,    -- place among equal scores
  organization INTEGER NOT NULL
);
CREATE TABLE asks (id INTEGER PRIMARY KEY, shares BLOB NOT NULL);
CREATE TABLE demands (id INTEGER PRIMARY KEY, allowed BLOB NOT NULL);
CREATE TABLE refused (mentee INTEGER, mentor INTEGER, PRIMARY KEY (mentee, mentor)) WITHOUT ROWID;
