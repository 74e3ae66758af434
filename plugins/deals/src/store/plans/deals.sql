-- 100,000 deals of two years: 20 agents of unequal zeal, common and rare names, most of them closed. The same each time.
-- Foreign keys are off while it runs: their customers are not there.
select setseed(0.25);

insert into teams (id, name, name_key, version, created_at, updated_at)
values ('00000000-0000-7000-8000-000000000001', 'Sales', 'sales', 1, '2024-01-01Z', '2024-01-01Z');

-- Number 21 is an Admin, 22 the Manager of the first three.
insert into users (id, name, name_key, email, email_key, password_hash, role_ids, team_ids, is_service, is_active, version,
                   created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'User ' || n, 'user ' || n,
       'user' || n || '@crm.test', 'user' || n || '@crm.test', 'none',
       array[('00000000-0000-7000-8000-00000000000' || case n when 21 then 1 when 22 then 2 else 3 end)::uuid],
       case when n in (1, 2, 3, 22) then array['00000000-0000-7000-8000-000000000001'::uuid] else '{}' end,
       false, true, 1, '2024-01-01Z', '2024-01-01Z'
from generate_series(1, 22) n;

create temporary table drawn as
select n, '2024-01-01Z'::timestamptz + n * interval '631.123456 seconds' as created_at,
       (array['Lamps','Desks','Chairs','Shelves','Carpets','Paint'])[1 + floor(6 * random() ^ 2)::int]
           || ' for ' || (array['Acme','Northwind','Contoso','Globex','Initech'])[1 + floor(5 * random())::int]
           || ' ' || floor(500 * random())::int as name,
       random() as stage, random() as valued, random() as dated, random() as archived, random() as assigned,
       floor(1000000 * random())::bigint as amount, floor(200 * random())::int as days,
       ('00000000-0000-7000-8000-' || lpad((1 + floor(20 * random() ^ 1.5))::text, 12, '0'))::uuid as user_id,
       ('00000000-0000-7000-9000-' || lpad((1 + floor(5000 * random()))::text, 12, '0'))::uuid as customer_id
from generate_series(1, 100000) n;

insert into deals_deals (id, name, name_key, search_text, customer_id, pipeline_id, stage_id, kind, amount, currency,
                         amount_key, expected_close_date, close_key, assigned_to, lost_reason, closed_at, stage_since, rank,
                         is_archived, version, created_by, created_at, updated_at)
select ('00000000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, drawn.name, lower(drawn.name), lower(drawn.name), customer_id,
       stages.pipeline_id, stages.id, stages.kind, value.amount, case when value.amount is not null then 'EUR' end,
       coalesce('EUR' || lpad((value.amount + 9007199254740991)::text, 17, '0'), '~'), day.day, coalesce(day.day::text, '~'),
       case when assigned < 0.9 then user_id end, case when stages.kind = 'lost' then 'Too dear' end,
       case when stages.kind <> 'open' then created_at + days * interval '1 day' end, created_at + days * interval '12 hours',
       lpad(to_hex(n), 7, '0') || '1', archived < 0.05, 1, user_id, created_at, created_at + days * interval '1 day'
from drawn
     cross join lateral (select case when stage < 0.12 then 1 when stage < 0.2 then 2 when stage < 0.25 then 3
                                     when stage < 0.3 then 4 when stage < 0.6 then 5 else 6 end as position) at
     join deals_stages stages on stages.position = at.position
     cross join lateral (select case when valued < 0.9 then drawn.amount end as amount) value
     cross join lateral (select case when dated < 0.8 then (created_at + days * interval '1 day')::date end as day) day;
