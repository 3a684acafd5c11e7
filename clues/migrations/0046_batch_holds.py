"""Batches that are held because their volume is out of the ordinary: one table, who holds and who lets go, grants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Decided behind the charge, which holds the row of the institution's day: batches that arrive side by side are judged one
# after the other, and however a flood is cut, it is seen. What the alliance let go today does not count against the next.
# Fewer than five days of submissions are no habit; then the daily quota alone limits what comes.
VOLUME = """
CREATE FUNCTION aif_hold_over_volume(p_institution bigint, p_batch bigint, p_rows int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    days int;
    usual bigint;
    so_far bigint;
BEGIN
    SELECT count(*), ceil(percentile_cont(0.5) WITHIN GROUP (ORDER BY q.used)) INTO days, usual
    FROM public.quota_use q
    WHERE q.institution_id = p_institution AND q.kind = 'submit' AND q.day >= today - 30 AND q.day < today AND q.used > 0;
    IF days < 5 THEN
        RETURN false;
    END IF;
    SELECT coalesce(sum(q.used), 0) - coalesce((
        SELECT sum(h.rows) FROM public.batch_hold h
        WHERE h.institution_id = p_institution AND h.cause = 'volume' AND h.decision = 'released'
            AND h.held_at >= today::timestamp AT TIME ZONE 'UTC'), 0) INTO so_far
    FROM public.quota_use q WHERE q.institution_id = p_institution AND q.kind = 'submit' AND q.day = today;
    IF so_far <= greatest(100, 10 * usual) THEN
        RETURN false;
    END IF;
    UPDATE public.batch SET state = 'held'
    WHERE id = p_batch AND institution_id = p_institution AND state = 'received';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.batch_hold (batch_id, institution_id, cause, rows, day_rows, usual_rows, held_at, decision,
        decision_reason)
    VALUES (p_batch, p_institution, 'volume', p_rows, so_far, usual, clock_timestamp(), '', '');
    INSERT INTO public.event (institution_id, kind, subject_kind, subject_id, created_at)
    VALUES (p_institution, 'batch.held', 'B', p_batch, clock_timestamp());
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION aif_hold_over_volume(bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_hold_over_volume(bigint, bigint, int) TO aif_web;
"""
# Whoever writes the program: what was held comes to the matcher by a decision of a person and in no other way.
GUARDS = """
CREATE FUNCTION aif_batch_hold_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.decision <> '' OR (NEW.id, NEW.batch_id, NEW.institution_id, NEW.cause, NEW.rows, NEW.day_rows, NEW.usual_rows,
            NEW.held_at)
        IS DISTINCT FROM (OLD.id, OLD.batch_id, OLD.institution_id, OLD.cause, OLD.rows, OLD.day_rows, OLD.usual_rows,
            OLD.held_at)
    THEN
        RAISE EXCEPTION 'batch_hold_is_decided_once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_batch_hold_guard() FROM PUBLIC;
CREATE TRIGGER batch_hold_guard BEFORE UPDATE ON batch_hold FOR EACH ROW EXECUTE FUNCTION aif_batch_hold_guard();

CREATE FUNCTION aif_chunk_let_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.batch_hold h
            WHERE h.institution_id = NEW.institution_id AND h.batch_id = NEW.batch_id AND h.decision = '')
        OR NOT EXISTS (SELECT 1 FROM public.batch_hold h
            WHERE h.institution_id = NEW.institution_id AND h.batch_id = NEW.batch_id
                AND h.decision = CASE NEW.state WHEN 'received' THEN 'released' ELSE 'rejected' END)
    THEN
        RAISE EXCEPTION 'held_batch_needs_a_decision' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_chunk_let_go() FROM PUBLIC;
CREATE TRIGGER batch_chunk_let_go BEFORE UPDATE OF state ON batch_chunk FOR EACH ROW
    WHEN (OLD.state = 'held' AND NEW.state <> 'held') EXECUTE FUNCTION aif_chunk_let_go();
"""
GRANTS = """
GRANT SELECT ON batch_hold TO aif_web;
GRANT SELECT, INSERT, DELETE ON batch_hold TO aif_match;
GRANT SELECT, INSERT ON batch_hold TO aif_desk;
GRANT UPDATE (decision, decision_reason, decided_by_id, decided_at) ON batch_hold TO aif_desk;
GRANT UPDATE (refused, chunks_done) ON batch TO aif_desk;
GRANT UPDATE (clue_rows, identifier_rows, done_at, released_at) ON batch_chunk TO aif_desk;
"""


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("clues", "0045_announced_epochs"),
        ("members", "0018_witnesses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(db_collation="C", max_length=64, verbose_name="cause")),
                ("rows", models.IntegerField(verbose_name="rows of the batch")),
                ("day_rows", models.BigIntegerField(null=True, verbose_name="rows of the day")),
                ("usual_rows", models.BigIntegerField(null=True, verbose_name="usual rows of a day")),
                ("held_at", models.DateTimeField(verbose_name="held at")),
                ("decision", models.CharField(db_collation="C", default="", max_length=64, verbose_name="decision")),
                (
                    "decision_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of the decision"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="clues.batch",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
            ],
            options={
                "verbose_name": "held batch",
                "verbose_name_plural": "held batches",
                "db_table": "batch_hold",
                "indexes": [models.Index(fields=["institution", "batch"], name="batch_hold_batch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cause", "failed"),
                            models.Q(("cause", "volume"), ("day_rows__isnull", False), ("usual_rows__isnull", False)),
                            _connector="OR",
                        ),
                        name="batch_hold_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("decision", ""),
                                ("decision_reason", ""),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("decision__in", ["released", "rejected"]),
                                models.Q(("decision_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="batch_hold_decided_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "")),
                        fields=("institution", "batch"),
                        name="batch_hold_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(VOLUME, "DROP FUNCTION aif_hold_over_volume(bigint, bigint, int)"),
        migrations.RunSQL(
            GUARDS, "DROP FUNCTION aif_batch_hold_guard() CASCADE; DROP FUNCTION aif_chunk_let_go() CASCADE"
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
