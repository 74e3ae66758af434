-- What the server sends for `PATCH /api/leads/{id}` with another status, in its own transaction. What is done later for it in
-- the background (the seal, the figures) is not here.
-- :actor is set by bench.py; each client goes through leads of its own.
\set place :client_id + :clients * random(1, 1000)
SELECT id AS lead, agent, gen_random_uuid() AS id FROM bench_open_leads WHERE place = :place \gset
BEGIN;
SELECT
    "leads"."id", "leads"."name", "leads"."email", "leads"."phone", "leads"."company", "leads"."status",
    "leads"."status_since", "leads"."unqualified_reason", "leads"."unqualified_note", "leads"."converted_customer_id",
    "leads"."converted_at", "leads"."source", "leads"."assigned_to", "leads"."assigned_at", "leads"."tags",
    "leads"."recycle_count", "leads"."merged_into", "leads"."custom", "leads"."is_archived", "leads"."version",
    "leads"."created_by", "leads"."created_at", "leads"."updated_at"
FROM "leads" WHERE (("leads"."id" = :lead::uuid) AND true) LIMIT 1 FOR UPDATE;
UPDATE "leads" SET "status" = CASE "status" WHEN 'Contacted' THEN 'Qualified' ELSE 'Contacted' END, "status_since" = now(),
    "name" = "name", "email" = "email", "phone" = "phone", "company" = "company",
    "unqualified_reason" = "unqualified_reason", "unqualified_note" = "unqualified_note",
    "converted_customer_id" = "converted_customer_id", "converted_at" = "converted_at", "source" = "source",
    "assigned_to" = "assigned_to", "assigned_at" = "assigned_at", "tags" = "tags", "recycle_count" = "recycle_count",
    "merged_into" = "merged_into", "custom" = "custom", "is_archived" = "is_archived", "created_by" = "created_by",
    "created_at" = "created_at", "name_key" = "name_key", "email_key" = "email_key", "phone_key" = "phone_key",
    "company_key" = "company_key", "tag_keys" = "tag_keys", "search_text" = "search_text",
    "custom_keys" = "custom_keys",
    "version" = "version" + 1, "updated_at" = now()
WHERE (("leads"."id" = :lead::uuid) AND true);
WITH activity AS (
    INSERT INTO activities (id, at, actor_id, actor_name, api_key_id, action, resource, resource_id, changes, request_id, address)
    VALUES (:id::uuid, now(), :actor::uuid, NULL, NULL, 'lead.edited', 'lead', :lead::uuid, '{"status": {"to": "Contacted", "from": "Qualified"}}'::jsonb, gen_random_uuid(),
        '127.0.0.1'))
INSERT INTO events (id, name, version, resource, resource_id, payload, at)
VALUES (:id::uuid, 'lead.edited', 1, 'lead', :lead::uuid, jsonb_build_object('leadId', :lead::text, 'changes', '{"status": {"to": "Contacted", "from": "Qualified"}}'::jsonb), now());
SELECT EXISTS (SELECT FROM "notifications_webhooks" WHERE (("notifications_webhooks"."disabled_at" IS NULL)
    AND ("notifications_webhooks"."event_types" @> '{lead.edited}')));
INSERT INTO "lead_status_changes" ("lead_id", "from_status", "to_status", "changed_at", "changed_by", "seconds")
VALUES (:lead::uuid, 'Qualified', 'Contacted', now(), :actor::uuid, 64656464);
SELECT "users"."id", "users"."name", "users"."email",
    coalesce((select array_agg(key) from custom_fields where is_archived and resource = 'lead'), '{}')
FROM "users" WHERE ("users"."id" = :agent::uuid) LIMIT 1;
COMMIT;
