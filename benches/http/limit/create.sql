-- What the server sends for `POST /api/leads`, in its own transaction. What is done later for it in the background (the
-- seal, the figures) is not here.
-- :actor is set by bench.py.
\set number random(1, 1000000000)
SELECT gen_random_uuid() AS lead, gen_random_uuid() AS id \gset
BEGIN;
SELECT "custom_fields"."id", "custom_fields"."resource", "custom_fields"."key", "custom_fields"."label", "custom_fields"."type",
    "custom_fields"."rules", "custom_fields"."is_required", "custom_fields"."position", "custom_fields"."is_archived",
    "custom_fields"."index_state", "custom_fields"."version", "custom_fields"."created_at", "custom_fields"."updated_at"
FROM "custom_fields" WHERE ("custom_fields"."resource" = ANY('{lead}'))
ORDER BY "custom_fields"."resource", "custom_fields"."position", "custom_fields"."key";
select pg_advisory_xact_lock(hashtextextended('leads bench.lead' || :number::int, 0));
SELECT EXISTS (SELECT FROM "leads" WHERE (("leads"."email_key" = format('bench.lead%s@load.example.com', :number::int))
    AND NOT ("leads"."is_archived")));
SELECT "assignment_rules"."id", "assignment_rules"."name", "assignment_rules"."position", "assignment_rules"."is_active",
    "assignment_rules"."conditions", "assignment_rules"."strategy", "assignment_rules"."user_ids", "assignment_rules"."team_id",
    "assignment_rules"."version", "assignment_rules"."created_at", "assignment_rules"."updated_at", "assignment_rules"."last_user"
FROM "assignment_rules" WHERE "assignment_rules"."is_active" ORDER BY "assignment_rules"."position", "assignment_rules"."id";
INSERT INTO "leads" ("id", "name", "email", "phone", "company", "status", "status_since", "unqualified_reason", "unqualified_note",
    "converted_customer_id", "converted_at", "source", "assigned_to", "assigned_at", "tags", "recycle_count", "merged_into",
    "custom", "is_archived", "version", "created_by", "created_at", "updated_at", "name_key", "email_key", "phone_key",
    "company_key", "tag_keys", "search_text", "custom_keys")
VALUES (:lead::uuid, 'Bench Lead ' || :number::int, format('bench.lead%s@load.example.com', :number::int),
    format('+1-555-%s', :number::int), 'Load Test Inc', 'New', now(), NULL, NULL, NULL, NULL, 'Website', NULL, NULL, '{}', 0, NULL,
    '{"notes": "Asked for a product demo and pricing for a team of twenty five people."}', false, 1, :actor::uuid, now(), now(),
    'bench lead ' || :number::int, format('bench.lead%s@load.example.com', :number::int), format('+1555%s', :number::int),
    'load test', '{}', format(E'bench lead %1$s\nload test inc\nbench.lead%1$s@load.example.com\n+1-555-%1$s\n+1555%1$s',
    :number::int), '{"notes": "asked for a product demo and pricing for a team of twenty five people."}');
WITH activity AS (
    INSERT INTO activities (id, at, actor_id, actor_name, api_key_id, action, resource, resource_id, changes, request_id, address)
    VALUES (:id::uuid, now(), :actor::uuid, NULL, NULL, 'lead.created', 'lead', :lead::uuid, :changes::jsonb, gen_random_uuid(),
        '127.0.0.1'))
INSERT INTO events (id, name, version, resource, resource_id, payload, at)
VALUES (:id::uuid, 'lead.created', 1, 'lead', :lead::uuid, jsonb_build_object('leadId', :lead::text, 'changes', :changes::jsonb), now());
SELECT EXISTS (SELECT FROM "notifications_webhooks" WHERE (("notifications_webhooks"."disabled_at" IS NULL)
    AND ("notifications_webhooks"."event_types" @> '{lead.created}')));
COMMIT;
