-- A hash chain over the activity log. Writers only add rows, and each row waits here for its seal, in the order in which
-- rows were added; the sealer takes them from here, one batch a transaction, so that nobody who writes waits for it.
-- See docs/decisions/0012.

-- From where the request came.
alter table activities
    add column address text;

create table unsealed_activities (
    -- Of two rows, the one that was committed before the other was begun has the lower position.
    position    bigint generated always as identity primary key,
    activity_id uuid not null
);

create function wait_for_seal() returns trigger
    language plpgsql as
$$
begin
    insert into unsealed_activities (activity_id) select id from added;
    return null;
end
$$;
create trigger activities_wait_for_their_seal
    after insert on activities
    referencing new table as added
    for each statement
execute function wait_for_seal();

create table activity_seals (
    -- The day of the seal, in UTC; that of the activity may be an earlier one.
    day         date   not null,
    -- Counts the seals of a day, from 1.
    number      bigint not null check (number >= 1),
    -- No foreign key: a seal whose activity is gone is the proof that it was removed.
    activity_id uuid   not null unique,
    -- SHA-256 of the hash before, the place in the chain and the activity: see crm-app/src/audit/chain.rs.
    hash        bytea  not null check (length(hash) = 32),
    primary key (day, number)
);
create trigger activity_seals_are_only_added
    before update or delete or truncate on activity_seals
    for each statement
execute function refuse_change();

insert into unsealed_activities (activity_id)
select id
from activities
order by id;
