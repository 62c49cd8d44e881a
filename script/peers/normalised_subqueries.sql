-- The 50 best mentors of one mentee, a subquery for each factor. $1 is the
-- mentee, $2 how many.
SELECT m.id,
  (SELECT coalesce(sum(n.weight * (
      SELECT coalesce(max(s.level * CASE WHEN n.market = 0 OR s.market = n.market THEN 20 ELSE 10 END), 0)
      FROM mentor_skills s WHERE s.mentor_id = m.id AND s.topic = n.topic)), 0)
    FROM mentee_needs n WHERE n.mentee_id = e.id)
  + e.sector_weight * (
    SELECT coalesce(max(CASE
        WHEN a.industry_group <> 0 AND a.industry_group = b.industry_group THEN 60
        WHEN a.subsector <> 0 AND a.subsector = b.subsector THEN 45
        WHEN a.family <> 0 AND a.family = b.family THEN 36
        WHEN EXISTS (SELECT FROM supply_chain c WHERE c.subsector = a.subsector AND c.neighbour = b.subsector) THEN 30
        WHEN a.sector <> 0 AND a.sector = b.sector THEN 20
        ELSE 0 END), 0)
    FROM mentee_sectors a CROSS JOIN mentor_sectors b WHERE a.mentee_id = e.id AND b.mentor_id = m.id)
  + (SELECT coalesce(sum(t.weight * (
      SELECT CASE WHEN count(*) = 0 THEN 20
        WHEN t.region = 0 THEN 20 * coalesce(max(k.level) FILTER (WHERE k.country = t.country), 0)
        ELSE 16 * coalesce(max(k.level) FILTER (WHERE k.country = t.country), 0)
          + CASE WHEN bool_or(k.country = t.country AND k.region = t.region) THEN 12 ELSE 0 END END
      FROM mentor_markets k WHERE k.mentor_id = m.id)), 0)
    FROM mentee_targets t WHERE t.mentee_id = e.id)
  + e.language_weight * (
    SELECT coalesce(max(CASE WHEN least(a.level, b.level) >= 5 THEN 60 WHEN least(a.level, b.level) = 4 THEN 45
        WHEN least(a.level, b.level) = 3 THEN 30 ELSE 0 END), 0)
    FROM mentee_languages a JOIN mentor_languages b ON b.language = a.language WHERE a.mentee_id = e.id AND b.mentor_id = m.id)
  + e.time_weight * CASE WHEN NOT EXISTS (SELECT FROM mentor_slots WHERE mentor_id = m.id) THEN 20
    ELSE 5 * least(12, (
      SELECT min(half_hours) FROM (
        SELECT coalesce(sum(greatest(0, least(a.to_half_hour, b.to_half_hour) - greatest(a.from_half_hour, b.from_half_hour))), 0) AS half_hours
        FROM weeks w
        LEFT JOIN mentee_slots a ON a.mentee_id = e.id AND a.week = w.week
        LEFT JOIN mentor_slots b ON b.mentor_id = m.id AND b.week = w.week
        GROUP BY w.week) shared)) END
  + e.stage_weight * coalesce((
    SELECT max(CASE abs(s.stage - e.stage) WHEN 0 THEN 60 WHEN 1 THEN 30 ELSE 0 END)
    FROM mentor_stages s WHERE s.mentor_id = m.id), 20)
  + e.cadence_weight * CASE WHEN m.cadence IS NULL THEN 20 WHEN m.cadence = e.cadence THEN 60 WHEN abs(m.cadence - e.cadence) = 1 THEN 30 ELSE 0 END
  + e.format_weight * coalesce((
    SELECT max(CASE WHEN f.format IN (SELECT format FROM mentee_formats WHERE mentee_id = e.id) THEN 60 ELSE 0 END)
    FROM mentor_formats f WHERE f.mentor_id = m.id), 20)
  + e.reliability_weight * coalesce(m.reliability, 20)
  + e.load_weight * ((120 * (m.capacity - m.taken) + m.capacity) / (2 * m.capacity)) AS score
FROM mentors m
JOIN mentees e ON e.id = $1
WHERE NOT m.paused AND m.taken < m.capacity
  AND (m.country <> e.country OR EXISTS (
    SELECT FROM mentee_targets t JOIN mentor_markets k ON k.country = t.country
    WHERE t.mentee_id = e.id AND t.country <> e.country AND k.mentor_id = m.id))
  AND EXISTS (
    SELECT FROM mentee_languages a JOIN mentor_languages b ON b.language = a.language
    WHERE a.mentee_id = e.id AND b.mentor_id = m.id AND least(a.level, b.level) >= 3 AND greatest(a.level, b.level) >= 4)
  AND (e.min_overlap = 0
    OR NOT EXISTS (SELECT FROM mentee_slots WHERE mentee_id = e.id)
    OR NOT EXISTS (SELECT FROM mentor_slots WHERE mentor_id = m.id)
    OR e.min_overlap <= (
      SELECT min(half_hours) FROM (
        SELECT coalesce(sum(greatest(0, least(a.to_half_hour, b.to_half_hour) - greatest(a.from_half_hour, b.from_half_hour))), 0) AS half_hours
        FROM weeks w
        LEFT JOIN mentee_slots a ON a.mentee_id = e.id AND a.week = w.week
        LEFT JOIN mentor_slots b ON b.mentor_id = m.id AND b.week = w.week
        GROUP BY w.week) shared))
  AND (e.organization IS NULL OR m.organization IS DISTINCT FROM e.organization)
  AND NOT EXISTS (SELECT FROM conflicts c WHERE c.mentee_id = e.id AND c.mentor_id = m.id)
ORDER BY score DESC, m.tie
LIMIT $2
