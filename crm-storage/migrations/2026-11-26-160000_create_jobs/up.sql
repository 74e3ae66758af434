-- The queue: jobs, deliveries of events to subscribers, and what schedules have fired. See docs/decisions/0017.

create table jobs (
    id            uuid primary key,
    -- Its place in the line of a partition. Of two jobs whose writers held one lock, the later one has the higher.
    position      bigint generated always as identity,
    -- What handles it: a kind of job, a subscriber, a schedule.
    name          text        not null collate "C" check (length(name) between 1 and 100),
    payload       jsonb       not null,
    -- Jobs of one name with the same key run one after the other; without a key, in any order.
    partition_key text collate "C" check (length(partition_key) <= 200),
    -- While a job is ready, no other one of its name has its key.
    unique_key    text collate "C" check (length(unique_key) <= 200),
    state         text        not null check (state in ('ready', 'dead')),
    run_at        timestamptz not null,
    attempts      integer     not null check (attempts >= 0),
    max_attempts  integer     not null check (max_attempts >= 1),
    -- Whoever holds the token works on the job, until this instant of the database's clock.
    leased_until  timestamptz,
    lease         uuid,
    last_error    text check (length(last_error) <= 2000),
    created_at    timestamptz not null,
    died_at       timestamptz,
    check ((leased_until is null) = (lease is null)),
    check ((state = 'dead') = (died_at is not null)),
    check (state = 'ready' or lease is null)
) with (
    -- Rows come and go: room for new versions beside the old ones, and vacuums that do not wait for the table to grow.
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 500
);

-- What is taken next.
create index jobs_due on jobs (run_at, position) where state = 'ready';
-- Whether an earlier one of the partition is still there.
create index jobs_in_order on jobs (name, partition_key, position)
    where state = 'ready' and partition_key is not null;
create unique index jobs_queued_once on jobs (name, unique_key)
    where state = 'ready' and unique_key is not null;
-- What people look at, the newest first.
create index jobs_by_state on jobs (state, id);
create index jobs_by_name on jobs (name, id, state);
-- What has been dead for long.
create index jobs_dead on jobs (died_at, id) where state = 'dead';

-- Wakes the workers. Without a payload all jobs of a transaction are one notification.
create function wake_workers() returns trigger
    language plpgsql as
$$
begin
    perform pg_notify('crm_jobs', '');
    return null;
end
$$;
create trigger jobs_wake_workers
    after insert or update of state on jobs
    for each statement
execute function wake_workers();

-- When each schedule fires next. Whoever locks its row fires it.
create table schedules (
    name     text primary key check (length(name) between 1 and 100),
    -- The interval as the program has it, in milliseconds: a change of it is seen.
    every_ms bigint      not null check (every_ms > 0),
    next_at  timestamptz not null
);
