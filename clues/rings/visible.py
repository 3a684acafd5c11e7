"""When the parties of a ring may know of a clue of it: what reads and notices both ask."""

# Of a clue `c`. Batches that retention deleted were released long ago. A correction has no chunk: its matches tell.
TOLD = """
c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
"""
