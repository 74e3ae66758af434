-- What is to be done, by whom and until when.

create table tasks (
    id            uuid primary key,
    title         text        not null,
    title_key     text        not null collate "C",
    description   text,
    search_text   text        not null collate "C",
    status        text        not null check (status in ('Open', 'InProgress', 'Done', 'Cancelled')),
    priority      text        not null check (priority in ('Low', 'Medium', 'High', 'Urgent')),
    -- The place of the priority in the order, from 1.
    priority_rank smallint    not null check (priority_rank between 1 and 4),
    -- A day of the workspace's calendar, which is no instant, or an instant.
    due_date      date,
    due_at        timestamptz,
    -- What lists are sorted by: the instant, or the end of the day in the zone that the workspace had when the row was
    -- written; without either, an instant later than all.
    due_key       timestamptz not null,
    assigned_to   uuid references users (id),
    -- The record it is about. Without a foreign key, since plugins bring kinds of records; those are never deleted.
    related_type  text,
    related_id    uuid,
    remind_at     timestamptz,
    -- When the reminder of remind_at was given.
    reminded_at   timestamptz,
    completed_at  timestamptz,
    is_archived   boolean     not null,
    version       integer     not null check (version >= 1),
    created_by    uuid references users (id),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    -- Whose record it is: see leads.owner_id.
    owner_id      uuid generated always as (coalesce(assigned_to, created_by)) stored,
    check (due_date is null or due_at is null),
    check ((related_type is null) = (related_id is null)),
    check ((status = 'Done') = (completed_at is not null)),
    check (reminded_at is null or remind_at is not null)
);

-- One index for each way a list is narrowed or sorted, as for leads; most lists are sorted by what is due.
create index tasks_by_due on tasks (due_key, id, owner_id, assigned_to, status) where not is_archived;
create index tasks_open_by_due on tasks (due_key, id, owner_id, assigned_to)
    where not is_archived and status in ('Open', 'InProgress');
create index tasks_by_owner on tasks (owner_id, due_key, id) where not is_archived;
create index tasks_by_owner_and_status on tasks (owner_id, status, due_key, id) where not is_archived;
create index tasks_by_status on tasks (status, due_key, id, owner_id, assigned_to) where not is_archived;
create index tasks_by_priority on tasks (priority_rank, id, owner_id, assigned_to, status, due_key) where not is_archived;
create index tasks_by_related on tasks (related_type, related_id, due_key, id) where not is_archived;
create index tasks_unassigned on tasks (owner_id, due_key, id) where assigned_to is null and not is_archived;
create index tasks_newest on tasks (created_at desc, id desc, owner_id, assigned_to, status) where not is_archived;
create index tasks_by_change on tasks (updated_at desc, id desc, owner_id, assigned_to, status) where not is_archived;
create index tasks_by_title on tasks (title_key, id, owner_id) where not is_archived;
create index tasks_archived on tasks (due_key, id) where is_archived;
create index tasks_archived_by_owner on tasks (owner_id, due_key, id) where is_archived;
-- The reminders that are still to be given.
create index tasks_to_remind_of on tasks (remind_at, id)
    where remind_at is not null and reminded_at is null and not is_archived and status in ('Open', 'InProgress');

do $$
begin
    if exists (select from pg_extension where extname = 'pg_trgm') then
        create index tasks_search on tasks using gin (search_text gin_trgm_ops);
    else
        raise warning 'pg_trgm is not installed: searching will read every task';
    end if;
end
$$;
