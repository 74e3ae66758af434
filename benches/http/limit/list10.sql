-- What the server sends for `GET /api/leads?status=New`.
-- :status is set by bench.py.
\set one 1
SELECT
    "leads"."id", "leads"."name", "leads"."email", "leads"."phone", "leads"."company", "leads"."status",
    "leads"."status_since", "leads"."unqualified_reason", "leads"."unqualified_note", "leads"."converted_customer_id",
    "leads"."converted_at", "leads"."source", "leads"."assigned_to", "leads"."assigned_at", "leads"."tags",
    "leads"."recycle_count", "leads"."merged_into", "leads"."custom", "leads"."is_archived", "leads"."version",
    "leads"."created_by", "leads"."created_at", "leads"."updated_at", "users"."id", "users"."name", "users"."email",
    coalesce((select array_agg(key) from custom_fields where is_archived and resource = 'lead'), '{}')
FROM ("leads" LEFT OUTER JOIN "users" ON ("leads"."assigned_to" = "users"."id"))
WHERE ((true AND NOT ("leads"."is_archived")) AND ("leads"."status" = :status))
ORDER BY leads.created_at DESC, leads.id DESC LIMIT 11;
SELECT count(*) FROM (SELECT :one::int FROM "leads"
    WHERE ((true AND NOT ("leads"."is_archived")) AND ("leads"."status" = :status)) LIMIT 1001) AS counted;
