"""What an institution hit so far counts from the first question on: of all purposes together, and for whoever is new there."""

from importlib import import_module

from django.db import migrations

_RATE = "v_rate := least(0.04, greatest(0.02, (t.base_hits + 0.04 * 200) / (t.base_tokens + 200)));"
# The institution's row comes before the asker's, for a purpose and for none: the rate is still the institution's then.
_RATE_OF_THE_INSTITUTION = _RATE.replace("0.04 * 200", "CASE WHEN v_asker = '' THEN 0.04 ELSE v_rate END * 200")

WEIGH_BEFORE = import_module("clues.migrations.0059_fishing_in_turns").WEIGH
WEIGH = WEIGH_BEFORE.replace(_RATE, _RATE_OF_THE_INSTITUTION)
if WEIGH == WEIGH_BEFORE:
    raise RuntimeError("aif_weigh_screening does not have its rate as in 0059")

# The rows of no purpose as 0059 would have written them, had it always been there, but without points: what was asked
# before it is not judged again. A day that is over in one row and not in another is closed as the trigger closes it.
# A row that is there already stays as it is.
FILL = """
INSERT INTO public.fishing_tally (institution_id, purpose, asker, since, updated_at, tokens, hits, hit_points, case_points,
    night_points, volume_points, day, day_tokens, day_hits, days, habit, base_tokens, base_hits)
SELECT r.institution_id, '', r.asker, max(r.updated_at), max(r.updated_at), 0, 0, 0, 0, 0, 0, r.last,
    coalesce(sum(r.day_tokens) FILTER (WHERE r.over = 0), 0), coalesce(sum(r.day_hits) FILTER (WHERE r.over = 0), 0),
    max(CASE WHEN r.over = 0 THEN r.days ELSE r.days + 1 END),
    sum(CASE WHEN r.over = 0 THEN r.habit WHEN r.days = 0 THEN r.day_tokens ELSE 0.9 * r.habit + 0.1 * r.day_tokens END),
    sum(CASE WHEN r.over = 0 THEN r.base_tokens ELSE (r.base_tokens + r.day_tokens) * 0.98 ^ r.over END),
    sum(CASE WHEN r.over = 0 THEN r.base_hits ELSE (r.base_hits + r.day_hits) * 0.98 ^ r.over END)
FROM (
    SELECT l.*, l.last - l.day AS over FROM (
        SELECT f.*, max(f.day) OVER (PARTITION BY f.institution_id, f.asker) AS last
        FROM public.fishing_tally f CROSS JOIN LATERAL public.aif_fishing_weights(f.purpose) w
        WHERE f.purpose <> '' AND w.by_hits) l) r
GROUP BY r.institution_id, r.asker, r.last
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """One function, and the rows that it starts from."""

    dependencies = [("clues", "0061_work_outlives_its_epoch")]

    operations = [
        migrations.RunSQL(WEIGH, WEIGH_BEFORE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
