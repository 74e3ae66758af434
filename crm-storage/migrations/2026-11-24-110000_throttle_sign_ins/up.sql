-- How often somebody tried to sign in, so that replicas agree on who has to wait.

create table sign_in_attempts (
    -- SHA-256 of the account's address, or of it and a known device: whether there is such an account is not told.
    key       bytea primary key,
    day       date        not null,
    count     integer     not null check (count >= 0),
    unlock_at timestamptz not null
);
create index sign_in_attempts_by_day on sign_in_attempts (day);

create table sign_in_addresses (
    -- An IPv4 address, or the first 64 bits of an IPv6 one.
    address text primary key,
    -- When the bucket is full of tokens again, if none is taken until then.
    full_at timestamptz not null
);
create index sign_in_addresses_by_time on sign_in_addresses (full_at);
