-- Second factors (RFC 6238), their recovery codes, and the roles that demand one.

create table second_factors (
    user_id      uuid primary key references users (id),
    -- The secret, encrypted, and the name of the key that opens it, which is not in the database.
    key_id       text        not null,
    secret       bytea       not null,
    -- It counts from here on: by then the user has shown that they have it.
    confirmed_at timestamptz,
    -- The step of the newest code that was used. Neither it nor an older one is taken again.
    last_step    bigint      not null,
    created_at   timestamptz not null
);

create table recovery_codes (
    user_id uuid  not null references second_factors (user_id) on delete cascade,
    -- SHA-256 of the code, which has 120 random bits.
    hash    bytea not null check (length(hash) = 32),
    used_at timestamptz,
    primary key (user_id, hash)
);

-- The default is for servers of the version before, which may still make roles.
alter table roles
    add column demands_second_factor boolean not null default false;

-- Replicas learn who has one. A code that is used changes nothing of that.
create constraint trigger second_factors_change_access
    after insert or delete on second_factors
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger second_factors_confirmed_change_access
    after update on second_factors
    deferrable initially deferred
    for each row
    when (old.confirmed_at is distinct from new.confirmed_at)
execute function access_changed();
