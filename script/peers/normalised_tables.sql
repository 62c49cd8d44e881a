-- A table for each list, keys and an index for each foreign key, as an
-- object mapper makes them. Only what the score needs is here; the draw among
-- equal scores, the weights and half hours of UTC are worked out beforehand.
CREATE TABLE mentors (
  id           bigint PRIMARY KEY,
  country      smallint NOT NULL,
  organization text,
  cadence      smallint,
  capacity     smallint NOT NULL,
  taken        smallint NOT NULL,
  paused       boolean NOT NULL,
  reliability  smallint, -- in sixtieths
  tie          int NOT NULL
);
CREATE TABLE mentor_languages (mentor_id bigint REFERENCES mentors, language smallint, level smallint, PRIMARY KEY (mentor_id, language));
CREATE TABLE mentor_sectors (mentor_id bigint REFERENCES mentors, place smallint, sector smallint, family smallint, subsector smallint,
  industry_group smallint, PRIMARY KEY (mentor_id, place));
CREATE TABLE mentor_skills (mentor_id bigint REFERENCES mentors, place smallint, topic smallint, market smallint, level smallint,
  PRIMARY KEY (mentor_id, place));
CREATE TABLE mentor_markets (mentor_id bigint REFERENCES mentors, place smallint, country smallint, region smallint, level smallint,
  PRIMARY KEY (mentor_id, place));
CREATE TABLE mentor_stages (mentor_id bigint REFERENCES mentors, stage smallint, PRIMARY KEY (mentor_id, stage));
CREATE TABLE mentor_formats (mentor_id bigint REFERENCES mentors, format smallint, PRIMARY KEY (mentor_id, format));
CREATE TABLE mentor_slots (mentor_id bigint REFERENCES mentors, week smallint, from_half_hour smallint, to_half_hour smallint,
  PRIMARY KEY (mentor_id, week, from_half_hour));

CREATE TABLE mentees (
  id           bigint PRIMARY KEY,
  country      smallint NOT NULL,
  organization text,
  stage        smallint,
  cadence      smallint,
  min_overlap  smallint NOT NULL, -- half hours
  -- weights in thousandths
  sector_weight      int NOT NULL,
  language_weight    int NOT NULL,
  time_weight        int NOT NULL,
  stage_weight       int NOT NULL,
  cadence_weight     int NOT NULL,
  format_weight      int NOT NULL,
  reliability_weight int NOT NULL,
  load_weight        int NOT NULL
);
CREATE TABLE mentee_languages (mentee_id bigint REFERENCES mentees, language smallint, level smallint, PRIMARY KEY (mentee_id, language));
CREATE TABLE mentee_sectors (mentee_id bigint REFERENCES mentees, place smallint, sector smallint, family smallint, subsector smallint,
  industry_group smallint, PRIMARY KEY (mentee_id, place));
CREATE TABLE mentee_needs (mentee_id bigint REFERENCES mentees, topic smallint, market smallint, weight int, PRIMARY KEY (mentee_id, topic, market));
CREATE TABLE mentee_targets (mentee_id bigint REFERENCES mentees, country smallint, region smallint, weight int,
  PRIMARY KEY (mentee_id, country, region));
CREATE TABLE mentee_formats (mentee_id bigint REFERENCES mentees, format smallint, PRIMARY KEY (mentee_id, format));
CREATE TABLE mentee_slots (mentee_id bigint REFERENCES mentees, week smallint, from_half_hour smallint, to_half_hour smallint,
  PRIMARY KEY (mentee_id, week, from_half_hour));

CREATE TABLE weeks (week smallint PRIMARY KEY); -- those that differ
CREATE TABLE conflicts (mentee_id bigint REFERENCES mentees, mentor_id bigint REFERENCES mentors, PRIMARY KEY (mentee_id, mentor_id));
CREATE TABLE supply_chain (subsector smallint, neighbour smallint, PRIMARY KEY (subsector, neighbour)); -- both ways

CREATE INDEX ON mentor_skills (topic);
CREATE INDEX ON mentor_markets (country);
CREATE INDEX ON mentor_sectors (subsector);
CREATE INDEX ON mentor_languages (language);
CREATE INDEX ON mentor_slots (week);
CREATE INDEX ON mentors (country);
