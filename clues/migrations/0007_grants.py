"""What each login role may do with the tables of a clue's life.

Web changes the row of a clue of its own institution, and records what it did; sightings, hub, matches and events follow
in the matcher. The desk decides; it never touches a sighting either.
"""

from django.db import migrations

GRANTS = """
GRANT USAGE ON SEQUENCE event_seq TO aif_match;
GRANT SELECT, INSERT ON event TO aif_web;
GRANT UPDATE (read_at) ON event TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON event TO aif_match;
GRANT SELECT, INSERT ON event TO aif_desk;

GRANT UPDATE (fingerprint, category, grade, level, channel, observed_at, region, amount_cny, crime_indicator, indicators,
    consumer_contacted, tlp, evidence_sha256, basis, state, expires_at, version, ended_at) ON clue TO aif_web;
GRANT DELETE ON clue, sighting, identifier TO aif_match;
GRANT SELECT, INSERT ON clue_change TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON clue_change TO aif_match;
GRANT SELECT ON clue_change TO aif_desk;

GRANT SELECT, INSERT ON feedback TO aif_web;
GRANT UPDATE (verdict, reason, given_at, applied_at) ON feedback TO aif_web;
GRANT SELECT, INSERT, UPDATE ON feedback, source_quality TO aif_match;
GRANT SELECT ON feedback, source_quality TO aif_desk;
GRANT SELECT ON source_quality TO aif_web;

GRANT SELECT, INSERT ON dispute TO aif_web;
GRANT SELECT, UPDATE ON dispute TO aif_match;
GRANT SELECT ON dispute TO aif_desk;
GRANT SELECT ON disputed_clue TO aif_web;
GRANT UPDATE (state, answered_at, answer_reason, applied_at) ON disputed_clue TO aif_web;
GRANT SELECT, INSERT, UPDATE ON disputed_clue TO aif_match;
GRANT SELECT ON disputed_clue TO aif_desk;
GRANT UPDATE (state, decided_at, decided_by_id, decision_reason, applied_at) ON disputed_clue TO aif_desk;

GRANT SELECT, INSERT ON watch TO aif_web;
GRANT UPDATE (expires_at, canceled_at, version) ON watch TO aif_web;
GRANT SELECT, UPDATE, DELETE ON watch TO aif_match;
GRANT SELECT ON watch_hit TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON watch_hit TO aif_match;

GRANT SELECT, INSERT ON noise_entry TO aif_web, aif_desk;
GRANT UPDATE (state, removed_at, applied_at) ON noise_entry TO aif_web;
GRANT UPDATE (state, decided_at, decided_by_id, removed_at, applied_at) ON noise_entry TO aif_desk;
GRANT SELECT, UPDATE ON noise_entry TO aif_match;

GRANT SELECT ON lawful_use_matrix, lawful_use_cell TO aif_web, aif_match, aif_desk;
GRANT INSERT ON lawful_use_matrix, lawful_use_cell TO aif_desk;
GRANT UPDATE (state, signed_by_id, signed_at) ON lawful_use_matrix TO aif_desk;

GRANT SELECT ON ring, ring_edge TO aif_web;
GRANT DELETE ON ring_edge, batch_chunk, screening TO aif_match;
"""


class Migration(migrations.Migration):
    """Grants by table and column."""

    dependencies = [("clues", "0006_life_of_a_clue"), ("members", "0005_grants")]

    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
