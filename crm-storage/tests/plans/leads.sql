-- 100,000 leads of two years: 20 agents of unequal zeal, common and rare names, sources and tags. The same each time.
-- Foreign keys are off while it runs: the customers of Converted leads are not there.
select setseed(0.25);

insert into users (id, name, name_key, email, email_key, password_hash, role_ids, team_ids, is_service, is_active, version,
                   created_at, updated_at)
select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Agent ' || n, 'agent ' || n,
       'agent' || n || '@crm.test', 'agent' || n || '@crm.test', 'none', '{}', '{}', false, true, 1, '2024-01-01Z',
       '2024-01-01Z'
from generate_series(1, 20) n;

create temporary table words as
select array['Anna','Ben','Carla','David','Emma','Felix','Grace','Henry','Ida','Jack','Karl','Lena','Mia','Noah',
             'Olga','Paul','Rosa','Sam','Tina','Uwe','Vera','Will','Xenia','Yara','Al','Jo','Bo','Ed'] as first,
       array['Smith','Jones','Miller','Brown','Davis','Wilson','Moore','Taylor','Thomas','White','Harris','Martin',
             'Clark','Lewis','Walker','Hall','Young','King','Wright','Hill','Green','Baker','Adams','Nelson','Carter',
             'Mitchell','Roberts','Turner','Phillips','Campbell','Parker','Evans','Edwards','Collins','Stewart',
             'Morris','Rogers','Reed','Cook','Morgan','Bell','Murphy','Bailey','Rivera','Cooper','Richardson','Cox',
             'Howard','Ward','Torres','Peterson','Gray','Ramirez','James','Watson','Brooks','Kelly','Sanders','Price',
             'Bennett','Wood','Barnes','Ross','Henderson'] as last,
       array['Acme','Northwind','Contoso','Globex','Initech','Umbrella','Stark','Wayne','Hooli','Vandelay'] as company,
       array['Hot','VIP','Newsletter','Partner','Trial','Renewal','Enterprise','Start-up','Public sector','Retail'] as tag;

create temporary table drawn as
select n, '2024-01-01Z'::timestamptz + n * interval '631.123456 seconds' as created_at,
       w.first[1 + floor(28 * random())::int] as first, w.last[1 + floor(64 * random() ^ 2)::int] as last,
       w.company[1 + floor(10 * random())::int] || ' ' || floor(200 * random())::int as company,
       w.tag[1 + floor(10 * random() ^ 2)::int] as tag, random() as status, random() as source, random() as tagged,
       random() as archived, random() as assigned, random() as changed,
       ('00000000-0000-7000-8000-' || lpad((1 + floor(20 * random() ^ 1.5))::text, 12, '0'))::uuid as agent
from generate_series(1, 100000) n, words w;

create temporary table made as
select *, lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') as millis,
       lower(first || '.' || last || '.' || n || '@' || replace(company, ' ', '-') || '.example') as email,
       '+49 30 ' || 1000000 + n as phone
from drawn;

insert into leads (id, name, name_key, email, email_key, phone, phone_key, company, status, status_since,
                   unqualified_reason, converted_customer_id, converted_at, source, assigned_to, assigned_at, tags,
                   tag_keys, search_text, recycle_count, is_archived, version, created_by, created_at, updated_at)
select (substr(millis, 1, 8) || '-' || substr(millis, 9, 4) || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       first || ' ' || last, lower(first || ' ' || last), email, email, phone, replace(phone, ' ', ''), company,
       step.status, created_at, case when step.status = 'Unqualified' then 'NoBudget' end,
       case when step.status = 'Converted' then gen_random_uuid() end,
       case when step.status = 'Converted' then created_at end,
       case when source < 0.35 then 'Website' when source < 0.55 then 'Referral' when source < 0.70 then 'Trade fair'
            when source < 0.85 then 'E-mail' when source < 0.95 then 'Phone' when source < 0.951 then 'Radio' end,
       case when assigned < 0.9 then agent end, case when assigned < 0.9 then created_at end,
       tags.tags, array(select lower(unnest(tags.tags))),
       lower(first || ' ' || last || E'\n' || company || E'\n' || email || E'\n' || phone || E'\n'
             || replace(phone, ' ', '')),
       0, archived < 0.05, 1, agent, created_at, created_at + changed * interval '60 days'
from made,
     lateral (select case when status < 0.30 then 'New' when status < 0.50 then 'Contacted'
                          when status < 0.65 then 'Nurturing' when status < 0.77 then 'Qualified'
                          when status < 0.90 then 'Unqualified' else 'Converted' end as status) step,
     lateral (select case when tagged < 0.5 then '{}'::text[] when tagged < 0.501 then array['Whale', tag]
                          else array[tag] end as tags) tags;
