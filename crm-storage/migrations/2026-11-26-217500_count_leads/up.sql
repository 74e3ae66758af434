-- How many leads at hand there are, kept as they change, so that figures over a year need not read every lead.
-- Each change adds rows of its own, and nobody who writes waits for another; they are folded into the counts later. What
-- is counted is the sum of both at any time. See docs/decisions/0019.

create table lead_counts (
    -- Of what: made and converted in an hour; in a status, from a source and of an agent, made on a day in UTC.
    figure      text        not null check (figure in ('made', 'converted', 'status', 'source', 'agent')),
    -- Whose: see leads.owner_id. The nil id for the sum of all, those of nobody included.
    owner_id    uuid        not null,
    -- When the hour or the day begins.
    starts_at   timestamptz not null,
    -- Whether the owner is assigned to them, and not only their maker; false in the sum of all.
    is_assigned boolean     not null,
    -- Which status, source or agent; empty for none, and where there is nothing to tell apart.
    label       text        not null collate "C",
    leads       bigint      not null,
    -- How many of them are in the status Converted.
    converted   bigint      not null,
    -- With the counts, so that they are read from the index alone.
    primary key (figure, owner_id, starts_at, is_assigned, label) include (leads, converted)
);

-- Leads of one kind that there are more of, or fewer.
create table lead_count_changes (
    position     bigint generated always as identity primary key,
    change       bigint      not null,
    owner_id     uuid,
    assigned_to  uuid,
    status       text        not null,
    source       text collate "C",
    created_at   timestamptz not null,
    converted_at timestamptz
);

create function note_lead_counts() returns trigger
    language plpgsql as
$$
begin
    case tg_op
        when 'INSERT' then
            insert into lead_count_changes (change, owner_id, assigned_to, status, source, created_at, converted_at)
            select count(*), owner_id, assigned_to, status, source, created_at, converted_at
            from added
            where not is_archived
            group by owner_id, assigned_to, status, source, created_at, converted_at;
        when 'DELETE' then
            insert into lead_count_changes (change, owner_id, assigned_to, status, source, created_at, converted_at)
            select -count(*), owner_id, assigned_to, status, source, created_at, converted_at
            from gone
            where not is_archived
            group by owner_id, assigned_to, status, source, created_at, converted_at;
        when 'UPDATE' then
            insert into lead_count_changes (change, owner_id, assigned_to, status, source, created_at, converted_at)
            select sum(change), owner_id, assigned_to, status, source, created_at, converted_at
            from (select 1 as change, owner_id, assigned_to, status, source, created_at, converted_at
                  from added
                  where not is_archived
                  union all
                  select -1, owner_id, assigned_to, status, source, created_at, converted_at
                  from gone
                  where not is_archived) as changed
            group by owner_id, assigned_to, status, source, created_at, converted_at
            having sum(change) <> 0;
        when 'TRUNCATE' then
            truncate lead_counts, lead_count_changes;
    end case;
    return null;
end
$$;
create trigger leads_are_counted_when_added
    after insert on leads
    referencing new table as added
    for each statement
execute function note_lead_counts();
create trigger leads_are_counted_when_changed
    after update on leads
    referencing old table as gone new table as added
    for each statement
execute function note_lead_counts();
create trigger leads_are_counted_when_deleted
    after delete on leads
    referencing old table as gone
    for each statement
execute function note_lead_counts();
create trigger leads_are_counted_when_truncated
    after truncate on leads
    for each statement
execute function note_lead_counts();

-- Folds the oldest changes into the counts, at most so many, and tells how many there were. One at a time: whoever comes
-- while another is at it has nothing to do.
create function fold_lead_counts(most bigint) returns bigint
    language plpgsql as
$$
declare
    folded bigint;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('fold_lead_counts', 0)) then
        return 0;
    end if;
    with taken as (
        delete from lead_count_changes
        where position in (select position from lead_count_changes order by position limit most)
        returning *
    ), sums as (
        select figure, owners.owner_id, starts_at, owners.is_assigned, label, sum(change) as leads,
               coalesce(sum(change) filter (where status = 'Converted'), 0) as converted
        from taken,
             lateral (values (owner_id, assigned_to is not null), ('00000000-0000-0000-0000-000000000000', false))
                 as owners (owner_id, is_assigned),
             lateral (values ('made', date_trunc('hour', created_at, 'UTC'), ''),
                             ('converted', date_trunc('hour', converted_at, 'UTC'), ''),
                             ('status', date_trunc('day', created_at, 'UTC'), status),
                             ('source', date_trunc('day', created_at, 'UTC'), coalesce(source, '')),
                             ('agent', date_trunc('day', created_at, 'UTC'), coalesce(assigned_to::text, '')))
                 as figures (figure, starts_at, label)
        where owners.owner_id is not null and starts_at is not null
        group by figure, owners.owner_id, starts_at, owners.is_assigned, label
    ), summed as (
        insert into lead_counts (figure, owner_id, starts_at, is_assigned, label, leads, converted)
        select figure, owner_id, starts_at, is_assigned, label, leads, converted
        from sums
        where leads <> 0
           or converted <> 0
        on conflict (figure, owner_id, starts_at, is_assigned, label)
            do update set leads = lead_counts.leads + excluded.leads,
                          converted = lead_counts.converted + excluded.converted
    )
    select count(*) into folded from taken;
    return folded;
end
$$;

-- The leads that there are already.
insert into lead_count_changes (change, owner_id, assigned_to, status, source, created_at, converted_at)
select count(*), owner_id, assigned_to, status, source, created_at, converted_at
from leads
where not is_archived
group by owner_id, assigned_to, status, source, created_at, converted_at;
select fold_lead_counts(9223372036854775807);
