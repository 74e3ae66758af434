-- Who gets the leads that nobody was named for.

create table assignment_rules (
    id         uuid primary key,
    name       text        not null,
    -- The place in the list, from 1, without gaps. Checked at the end: moving one moves others.
    position   integer     not null check (position >= 1),
    is_active  boolean     not null,
    conditions jsonb       not null,
    strategy   text        not null check (strategy in ('roundRobin', 'leastOpen', 'fixed')),
    -- Users are never deleted, so that the elements need no check of their own.
    user_ids   uuid[],
    team_id    uuid,
    -- Who got the last lead by this rule. Whoever hands out the next one locks the row until the end of the transaction.
    last_user  uuid,
    version    integer     not null check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint assignment_rules_position_unique unique (position) deferrable initially deferred,
    constraint assignment_rules_team_exists foreign key (team_id) references teams (id),
    check ((user_ids is null) <> (team_id is null)),
    check (cardinality(user_ids) between 1 and 200)
);

-- How many leads somebody has work with.
create index leads_open_by_agent on leads (assigned_to)
    where not is_archived and status in ('New', 'Contacted', 'Nurturing', 'Qualified');
