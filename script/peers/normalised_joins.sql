-- The 50 best mentors of one mentee: each factor is summed up over all mentors
-- at once and joined to them. $1 is the mentee, $2 how many.
WITH needs AS (
  SELECT mentor_id, sum(weight * share) AS points
  FROM (
    SELECT s.mentor_id, n.weight, max(s.level * CASE WHEN n.market = 0 OR s.market = n.market THEN 20 ELSE 10 END) AS share
    FROM mentee_needs n JOIN mentor_skills s ON s.topic = n.topic
    WHERE n.mentee_id = $1
    GROUP BY s.mentor_id, n.topic, n.market, n.weight) shares
  GROUP BY mentor_id
), sectors AS (
  SELECT b.mentor_id, max(CASE
      WHEN a.industry_group <> 0 AND a.industry_group = b.industry_group THEN 60
      WHEN a.subsector <> 0 AND a.subsector = b.subsector THEN 45
      WHEN a.family <> 0 AND a.family = b.family THEN 36
      WHEN c.subsector IS NOT NULL THEN 30
      WHEN a.sector <> 0 AND a.sector = b.sector THEN 20
      ELSE 0 END) AS share
  FROM mentee_sectors a CROSS JOIN mentor_sectors b
  LEFT JOIN supply_chain c ON c.subsector = a.subsector AND c.neighbour = b.subsector
  WHERE a.mentee_id = $1
  GROUP BY b.mentor_id
), known AS (
  SELECT mentor_id, sum(weight * CASE WHEN region = 0 THEN 20 * level ELSE 16 * level + CASE WHEN there THEN 12 ELSE 0 END END) AS points
  FROM (
    SELECT k.mentor_id, t.country, t.region, t.weight, coalesce(max(k.level) FILTER (WHERE k.country = t.country), 0) AS level,
      bool_or(k.country = t.country AND k.region = t.region) AS there
    FROM mentee_targets t CROSS JOIN mentor_markets k
    WHERE t.mentee_id = $1
    GROUP BY k.mentor_id, t.country, t.region, t.weight) markets
  GROUP BY mentor_id
), abroad AS (
  SELECT DISTINCT k.mentor_id
  FROM mentees e JOIN mentee_targets t ON t.mentee_id = e.id AND t.country <> e.country JOIN mentor_markets k ON k.country = t.country
  WHERE e.id = $1
), languages AS (
  SELECT b.mentor_id,
    max(CASE WHEN least(a.level, b.level) >= 5 THEN 60 WHEN least(a.level, b.level) = 4 THEN 45 WHEN least(a.level, b.level) = 3 THEN 30 ELSE 0 END) AS share
  FROM mentee_languages a JOIN mentor_languages b ON b.language = a.language
  WHERE a.mentee_id = $1
  GROUP BY b.mentor_id
  HAVING bool_or(least(a.level, b.level) >= 3 AND greatest(a.level, b.level) >= 4)
), shared AS (
  SELECT mentor_id, CASE WHEN count(*) < (SELECT count(*) FROM weeks) THEN 0 ELSE min(half_hours) END AS half_hours
  FROM (
    SELECT b.mentor_id, b.week, sum(least(a.to_half_hour, b.to_half_hour) - greatest(a.from_half_hour, b.from_half_hour)) AS half_hours
    FROM mentee_slots a
    JOIN mentor_slots b ON b.week = a.week AND b.from_half_hour < a.to_half_hour AND b.to_half_hour > a.from_half_hour
    WHERE a.mentee_id = $1
    GROUP BY b.mentor_id, b.week) weekly
  GROUP BY mentor_id
), calendars AS (
  SELECT DISTINCT mentor_id FROM mentor_slots
), stages AS (
  SELECT s.mentor_id, max(CASE abs(s.stage - e.stage) WHEN 0 THEN 60 WHEN 1 THEN 30 ELSE 0 END) AS share
  FROM mentees e CROSS JOIN mentor_stages s
  WHERE e.id = $1
  GROUP BY s.mentor_id
), formats AS (
  SELECT b.mentor_id, max(CASE WHEN a.format IS NULL THEN 0 ELSE 60 END) AS share
  FROM mentor_formats b LEFT JOIN mentee_formats a ON a.mentee_id = $1 AND a.format = b.format
  GROUP BY b.mentor_id
)
SELECT m.id,
  coalesce(needs.points, 0)
  + e.sector_weight * coalesce(sectors.share, 0)
  + coalesce(known.points, CASE WHEN EXISTS (SELECT FROM mentee_targets WHERE mentee_id = $1) THEN 20 * (
      SELECT sum(weight) FROM mentee_targets WHERE mentee_id = $1) ELSE 0 END)
  + e.language_weight * languages.share
  + e.time_weight * CASE WHEN calendars.mentor_id IS NULL THEN 20 ELSE 5 * least(12, coalesce(shared.half_hours, 0)) END
  + e.stage_weight * coalesce(stages.share, 20)
  + e.cadence_weight * CASE WHEN m.cadence IS NULL THEN 20 WHEN m.cadence = e.cadence THEN 60 WHEN abs(m.cadence - e.cadence) = 1 THEN 30 ELSE 0 END
  + e.format_weight * coalesce(formats.share, 20)
  + e.reliability_weight * coalesce(m.reliability, 20)
  + e.load_weight * ((120 * (m.capacity - m.taken) + m.capacity) / (2 * m.capacity)) AS score
FROM mentees e
CROSS JOIN mentors m
JOIN languages ON languages.mentor_id = m.id
LEFT JOIN needs ON needs.mentor_id = m.id
LEFT JOIN sectors ON sectors.mentor_id = m.id
LEFT JOIN known ON known.mentor_id = m.id
LEFT JOIN abroad ON abroad.mentor_id = m.id
LEFT JOIN shared ON shared.mentor_id = m.id
LEFT JOIN calendars ON calendars.mentor_id = m.id
LEFT JOIN stages ON stages.mentor_id = m.id
LEFT JOIN formats ON formats.mentor_id = m.id
LEFT JOIN conflicts ON conflicts.mentee_id = e.id AND conflicts.mentor_id = m.id
WHERE e.id = $1
  AND NOT m.paused AND m.taken < m.capacity
  AND (m.country <> e.country OR abroad.mentor_id IS NOT NULL)
  AND (e.min_overlap = 0 OR calendars.mentor_id IS NULL OR e.min_overlap <= coalesce(shared.half_hours, 0)
    OR NOT EXISTS (SELECT FROM mentee_slots WHERE mentee_id = $1))
  AND (e.organization IS NULL OR m.organization IS DISTINCT FROM e.organization)
  AND conflicts.mentor_id IS NULL
ORDER BY score DESC, m.tie
LIMIT $2
