-- What callers named by a key of their own, so that it is done once however often it is sent. See docs/decisions/0020.

create table idempotency_keys (
    -- The user, or the API key of a program. Without a foreign key: rows are few, and gone after a day.
    caller       uuid        not null,
    key          text        not null check (length(key) between 1 and 255),
    -- SHA-256 of the request.
    fingerprint  bytea       not null check (length(fingerprint) = 32),
    -- SHA-256 of what the caller could do when the request came.
    rights       bytea       not null check (length(rights) = 32),
    -- The attempt that may write. Another one takes its place only while nothing is committed and the lease has run out.
    claim        uuid        not null unique,
    -- Set in the transaction of what the request writes.
    is_committed boolean     not null,
    lease_until  timestamptz not null,
    -- The answer, once there is one that is kept.
    status       smallint,
    headers      jsonb,
    body         bytea,
    expires_at   timestamptz not null,
    primary key (caller, key),
    check ((status is null) = (headers is null) and (status is null) = (body is null))
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
