-- Everything that can be worked out once is: byte i of shares is what mentor i
-- gives of an ask, bit i of allowed is whether a demand allows her.
CREATE TABLE mentors (
  id           int PRIMARY KEY, -- 0, 1, 2 ...
  tie          int NOT NULL,    -- place among equal scores
  organization int NOT NULL
);
CREATE TABLE asks (id int PRIMARY KEY, shares bytea NOT NULL);
CREATE TABLE demands (id int PRIMARY KEY, allowed bit varying NOT NULL);
ALTER TABLE asks ALTER shares SET STORAGE EXTERNAL; -- not compressed
ALTER TABLE demands ALTER allowed SET STORAGE EXTERNAL;
CREATE TABLE mentees (
  id           int PRIMARY KEY,
  organization int NOT NULL,
  asks         int[] NOT NULL,
  weights      int[] NOT NULL,
  demands      int[] NOT NULL,
  refused      int[] NOT NULL
);
