"""The lawful-use gate in SQL, screening behind it, and the matrix that comes with the product.

The matrix allows every type that is not personal and leaves the personal ones unresolved, for the alliance's counsel to
decide. Its codes stand here as they were when it was shipped: a later vocabulary brings a later matrix.
"""

from django.db import migrations

TITLE = "Shipped: types that are not personal"
RULES = """\
# What comes with the product. Counsel decides about the rest: propose a matrix of your own, a second person signs it.
# verdict   purpose  category  grade  type          -- ground
unresolved  *        *         *      personal      -- awaits the alliance's counsel
allowed     *        *         *      non-personal  -- identifies a service, a site, a file or a company, not a person
"""

PURPOSES = (
    "inbound-call", "complaint-handling", "agent-verification", "transaction-risk", "investigation",
    "police-assistance", "content-takedown", "onboarding",
)  # fmt: skip
ONBOARDING_ONLY = ("account-theft", "telecom-fraud", "loan-broker-fraud")
CATEGORIES = (
    "illegal-agency-complaint", "anti-collection", "organized-debt-evasion", "malicious-complaint",
    "credit-repair-scam", "illegal-surrender-agency", "telecom-fraud", "loan-broker-fraud", "account-theft",
    "counterfeit-site-app", "gray-advertising", "harassing-call", "spam-sms", "false-advertising", "document-forgery",
    "personal-data-trading", "partner-misconduct", "professional-debt-bearing", "insurance-claim-fraud",
    "insider-collusion", "illegal-deposit-loan-broking", "bonus-abuse", "malware", "extortion", "illegal-gambling",
)  # fmt: skip
GRADES = ("A", "B1", "B2")
TYPES = (
    "app-cert-sha256", "app-package", "content-url", "domain", "file-sha256", "icp-filing-no", "mini-program-appid",
    "service-number", "sms-port", "sms-signature", "url", "uscc", "wechat-channels", "wechat-official-account",
)  # fmt: skip

GATE = """
CREATE FUNCTION aif_lawful_use(p_purpose text, p_types text[])
RETURNS TABLE (matrix_id bigint, title text, refused int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT m.id, m.title INTO matrix_id, title FROM public.lawful_use_matrix m WHERE m.state = 'in-force';
    refused := (
        SELECT min(asked.first)::int - 1
        FROM (SELECT q.type, min(q.ordinality) AS first
              FROM unnest(p_types) WITH ORDINALITY AS q (type, ordinality) GROUP BY q.type) AS asked
        WHERE NOT EXISTS (
            SELECT 1 FROM public.lawful_use_cell l
            WHERE l.matrix_id = aif_lawful_use.matrix_id AND l.purpose = p_purpose AND l.type = asked.type));
    RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION aif_lawful_use(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_lawful_use(text, text[]) TO aif_web, aif_match, aif_desk;
"""

ARGUMENTS = "bigint, bigint, text, text, text, text, bigint, text[], int[], uuid[]"

# Row 0 (index -1) carries the clock, the number of live institutions and the matrix; the others are hits. If the matrix
# refuses, row 0 says at which token and is all there is: no ledger row, no charge.
# Definer's rights: the web role may ask whether tokens are known, but may not read the sightings of others. The charge
# comes last, in the same transaction as the look-up and the ledger row.
# A generic plan: index look-ups are right for one token and for ten thousand, and planning anew costs more than either.
# A sighting under dispute no longer counts, and its role must be asked once more. `quality` is the best step among the
# institutions that reported; who has no row stands at 1, unknown.
SCREEN = f"""
DROP FUNCTION aif_screen({ARGUMENTS});
CREATE FUNCTION aif_screen(p_institution bigint, p_group bigint, p_key text, p_purpose text,
    p_case_ref text, p_basis text, p_limit bigint, p_types text[], p_epochs int[], p_tokens uuid[])
RETURNS TABLE (index int, groups int, categories text[], best_grade text, last_seen_at timestamptz,
    quality int, disputed boolean, live int, matrix_id bigint, title text, refused int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked_at timestamptz := clock_timestamp();
    asked int := cardinality(p_tokens);
    found_hits int := 0;
    v_matrix bigint;
    v_title text;
    v_refused int;
BEGIN
    SELECT g.matrix_id, g.title, g.refused INTO v_matrix, v_title, v_refused
        FROM public.aif_lawful_use(p_purpose, p_types) g;
    RETURN QUERY SELECT -1, 0, NULL::text[], NULL::text, asked_at, 0, false,
        (SELECT count(*)::int FROM public.institution i WHERE i.state = 'live'), v_matrix, v_title, v_refused;
    IF v_refused IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT (q.ordinality - 1)::int,
            (count(DISTINCT i.group_id) FILTER (WHERE c.state = 'active'))::int,
            array_agg(DISTINCT c.category::text) FILTER (WHERE c.state = 'active'),
            (min(c.grade) FILTER (WHERE c.state = 'active'))::text,
            max(c.received_at) FILTER (WHERE c.state = 'active'),
            (max(coalesce(sq.step, 1)) FILTER (WHERE c.state = 'active'))::int,
            bool_or(c.state = 'disputed'),
            0, NULL::bigint, NULL::text, NULL::int
        FROM unnest(p_types, p_epochs, p_tokens) WITH ORDINALITY AS q (type, epoch, token, ordinality)
        JOIN public.sighting s ON s.type = q.type AND s.epoch = q.epoch AND s.token = q.token
        JOIN public.clue c ON c.id = s.clue_id AND c.grade <> 'C' AND c.expires_at > asked_at
            AND (c.state = 'active' AND s.counted OR c.state = 'disputed'
                AND s.role NOT IN ('victim', 'represented-consumer', 'recognized-representative'))
        JOIN public.institution i ON i.id = s.institution_id AND i.state = 'live' AND i.group_id <> p_group
        JOIN public.lawful_use_cell l ON l.matrix_id = v_matrix AND l.purpose = p_purpose AND l.type = s.type
            AND l.category = c.category AND l.grade = c.grade
        LEFT JOIN public.source_quality sq ON sq.institution_id = s.institution_id
        GROUP BY q.ordinality
        HAVING bool_or(c.state = 'active');
    GET DIAGNOSTICS found_hits = ROW_COUNT;
    INSERT INTO public.screening
        (institution_id, key_id, purpose, case_ref, basis, tokens, hits, matrix_id, screened_at)
    VALUES (p_institution, p_key, p_purpose, p_case_ref, p_basis, asked, found_hits, v_matrix, asked_at);
    IF NOT public.aif_charge(p_institution, 'screen', asked, p_limit) THEN
        RAISE EXCEPTION 'quota-exhausted' USING ERRCODE = 'AIF29';
    END IF;
END $$;
REVOKE ALL ON FUNCTION aif_screen({ARGUMENTS}) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_screen({ARGUMENTS}) TO aif_web;
"""  # noqa: S608 - put together from literals of this file

SHIP = """
WITH shipped AS (
    INSERT INTO lawful_use_matrix (title, rules, state, shipped, proposed_at, signed_at)
    SELECT %(title)s, %(rules)s, 'in-force', true, now(), now()
    WHERE NOT EXISTS (SELECT 1 FROM lawful_use_matrix WHERE state = 'in-force')
    RETURNING id
)
INSERT INTO lawful_use_cell (matrix_id, purpose, type, category, grade)
SELECT shipped.id, p, t, c, g
FROM shipped, unnest(%(purposes)s::text[]) p, unnest(%(types)s::text[]) t, unnest(%(categories)s::text[]) c,
    unnest(%(grades)s::text[]) g
WHERE p <> 'onboarding' OR c = ANY (%(onboarding_only)s)
"""


def ship(apps, schema_editor):
    """Put the shipped matrix in force, unless the alliance signed one already."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            SHIP,
            {
                "title": TITLE, "rules": RULES, "purposes": list(PURPOSES), "types": list(TYPES),
                "categories": list(CATEGORIES), "grades": list(GRADES), "onboarding_only": list(ONBOARDING_ONLY),
            },
        )  # fmt: skip


class Migration(migrations.Migration):
    """Functions and the first matrix."""

    dependencies = [("clues", "0009_disputes_and_scores")]

    operations = [
        migrations.RunSQL(GATE, "DROP FUNCTION aif_lawful_use(text, text[])"),
        migrations.RunSQL(SCREEN, migrations.RunSQL.noop),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
