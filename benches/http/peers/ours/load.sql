-- The data set in our tables, with what the server computes for each row: see crm-storage/src/copy/columns.rs.
-- Its texts are ASCII, so that lower() folds them as the server does.
\set admin '''00000000-0000-7000-8000-000000000001'''
\set agent '''00000000-0000-7000-8000-000000000003'''
begin;
create temp table u (n int, id uuid, name text, email text, role text, c timestamptz, m timestamptz);
create temp table l (n int, id uuid, name text, email text, phone text, company text, status text, source text,
  agent_n int, agent_id uuid, notes text, value int, archived boolean, c timestamptz, m timestamptz);
create temp table k (n int, id uuid, name text, company text, email text, phone text, owner_n int, owner_id uuid,
  tags jsonb, notes jsonb, archived boolean, c timestamptz, m timestamptz);
create temp table t (n int, id uuid, title text, description text, status text, priority text, due timestamptz,
  who_n int, who_id uuid, lead_n int, lead_id uuid, customer_n int, customer_id uuid, c timestamptz, m timestamptz);
\copy u from 'users.csv' csv header
\copy l from 'leads.csv' csv header
\copy k from 'customers.csv' csv header
\copy t from 'tasks.csv' csv header

create function pg_temp.phone_key(phone text) returns text immutable language sql
  return '+' || regexp_replace(phone, '[^0-9]', '', 'g');
create function pg_temp.company_key(company text) returns text immutable language sql
  return regexp_replace(lower(company), ' (inc|llc|gmbh|ltd|co|sa)$', '');
create function pg_temp.search_text(name text, company text, email text, phone text) returns text immutable language sql
  return concat_ws(E'\n', lower(name), lower(company), lower(email), lower(phone), pg_temp.phone_key(phone));
create function pg_temp.text_key(folded text) returns text immutable language sql
  return left(folded, 200) || case when length(folded) > 200 then chr(1114111) else '' end;

-- All have the password of the user that the program made.
insert into users (id, name, name_key, email, email_key, password_hash, role_ids, team_ids, is_service, is_active, version,
  created_at, updated_at)
select u.id, u.name, lower(u.name), u.email, u.email, made.password_hash,
  array [case u.role when 'Admin' then :admin::uuid else :agent::uuid end], '{}', false, true, 1, u.c, u.m
from u cross join (select password_hash from users where email_key = :'maker') made;

insert into customers (id, name, name_key, company, company_key, email, email_key, phone, phone_key, tags, tag_keys,
  search_text, assigned_to, is_archived, version, created_at, updated_at)
select id, name, lower(name), company, pg_temp.company_key(company), email, email, phone, pg_temp.phone_key(phone),
  array(select jsonb_array_elements_text(tags)), array(select jsonb_array_elements_text(tags)),
  pg_temp.search_text(name, company, email, phone), owner_id, archived, 1, c, m
from k order by n;

insert into customer_notes (id, customer_id, text, created_by, created_at)
select gen_random_uuid(), k.id, note ->> 'text', (note ->> 'createdBy')::uuid, (note ->> 'createdAt')::timestamptz
from k cross join jsonb_array_elements(k.notes) as note order by k.n;

-- The first converted lead became the first customer, and so on.
create temp table conversions as
select lead.id as lead_id, customer.id as customer_id
from (select id, row_number() over (order by n) as place from l where status = 'Converted') lead
join (select id, row_number() over (order by n) as place from k) customer using (place);

-- What our leads have no column for are custom fields.
insert into leads (id, name, name_key, email, email_key, phone, phone_key, company, company_key, status, status_since,
  unqualified_reason, converted_customer_id, converted_at, source, assigned_to, assigned_at, tags, tag_keys, search_text,
  recycle_count, is_archived, version, created_at, updated_at, custom, custom_keys)
select l.id, l.name, lower(l.name), l.email, l.email, l.phone, pg_temp.phone_key(l.phone), l.company,
  pg_temp.company_key(l.company), case l.status when 'Lost' then 'Unqualified' else l.status end, l.m,
  case l.status when 'Lost' then 'NoNeed' end, conversions.customer_id,
  case l.status when 'Converted' then l.m end, l.source, l.agent_id, case when l.agent_id is not null then l.c end,
  '{}', '{}', pg_temp.search_text(l.name, l.company, l.email, l.phone), 0, l.archived, 1, l.c, l.m,
  jsonb_strip_nulls(jsonb_build_object('notes', l.notes, 'value', l.value)),
  jsonb_strip_nulls(jsonb_build_object('notes', pg_temp.text_key(lower(l.notes)),
    'value', lpad(((l.value + 10 ^ 15::numeric) * 10 ^ 9::numeric)::numeric(40, 0)::text, 25, '0')))
from l left join conversions on conversions.lead_id = l.id
order by l.n;

update customers set origin_lead = conversions.lead_id from conversions where conversions.customer_id = customers.id;

insert into tasks (id, title, title_key, description, search_text, status, priority, priority_rank, due_at, due_key,
  assigned_to, related_type, related_id, completed_at, is_archived, version, created_at, updated_at)
select id, title, lower(title), description, concat_ws(E'\n', lower(title), lower(description)), replace(status, ' ', ''),
  priority, array_position(array ['Low', 'Medium', 'High'], priority), due, due, who_id,
  case when lead_id is not null then 'lead' else 'customer' end, coalesce(lead_id, customer_id),
  case status when 'Done' then m end, false, 1, c, m
from t order by n;
commit;

select fold_lead_counts(9223372036854775807);
