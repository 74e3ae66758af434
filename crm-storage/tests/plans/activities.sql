-- 200,000 entries about the leads, the sign-ins of their agents, and some rare events. The same each time.
insert into activities (id, at, actor_id, action, resource, resource_id, changes)
select overlay(leads.id::text placing lpad(to_hex(step.n), 4, '0') from 20)::uuid,
       leads.created_at + step.n * interval '1 hour', leads.created_by,
       case when step.n = 1 then 'lead.created' else 'lead.edited' end, 'lead', leads.id, '{}'
from leads, generate_series(1, 2) step (n);

insert into activities (id, at, actor_id, action, resource, resource_id, changes)
select gen_random_uuid(), '2024-01-01Z'::timestamptz + n * interval '1 day', users.id, 'session.started', 'user', users.id, '{}'
from users, generate_series(1, 500) n;

insert into activities (id, at, actor_id, action, resource, resource_id, changes)
select gen_random_uuid(), '2024-01-01Z'::timestamptz + n * interval '1 day',
       '00000000-0000-7000-8000-000000000001', 'role.created', 'role', gen_random_uuid(), '{}'
from generate_series(1, 5) n;
