-- Webhooks: where programs outside are told of what happens, and a log of what they were told.

create table notifications_webhooks (
    id              uuid primary key,
    name            text        not null,
    url             text        not null check (length(url) <= 2000),
    event_types     text[]      not null check (cardinality(event_types) between 1 and 100),
    -- What this user may read is delivered, and nothing else.
    owner_id        uuid        not null references users (id),
    -- Encrypted, with the name of the key that opens it.
    secret          bytea       not null,
    key_id          text        not null,
    -- The secret before it, by which is signed too until then.
    previous_secret bytea,
    previous_key_id text,
    previous_until  timestamptz,
    disabled_at     timestamptz,
    disabled_reason text check (disabled_reason in ('byUser', 'failing', 'gone')),
    version         integer     not null check (version >= 1),
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    check ((previous_secret is null) = (previous_key_id is null)),
    check ((previous_secret is null) = (previous_until is null)),
    check ((disabled_at is null) = (disabled_reason is null))
);

create index notifications_webhooks_by_age on notifications_webhooks (created_at desc, id desc);
create index notifications_webhooks_by_owner on notifications_webhooks (owner_id, created_at desc, id desc);
-- Who wants to hear of an event.
create index notifications_webhooks_by_event on notifications_webhooks using gin (event_types)
    where disabled_at is null;

create table notifications_deliveries (
    id            uuid primary key,
    webhook_id    uuid        not null references notifications_webhooks (id) on delete cascade,
    -- No reference: events are kept for their own time.
    event_id      uuid        not null,
    event_type    text        not null,
    state         text        not null check (state in ('pending', 'delivered', 'failed', 'withheld', 'cancelled')),
    -- Counts how often somebody had it delivered again, and the tries since.
    round         integer     not null check (round >= 0),
    tries         integer     not null check (tries >= 0),
    last_try_at   timestamptz,
    -- What the receiver answered last, or why there was no answer.
    last_status   integer,
    last_failure  text check (length(last_failure) <= 50),
    next_try_at   timestamptz,
    created_at    timestamptz not null,
    check ((state = 'pending') = (next_try_at is not null)),
    -- An event reaches a webhook by one delivery, whoever tries to make two.
    unique (webhook_id, event_id)
);

create index notifications_deliveries_by_webhook
    on notifications_deliveries (webhook_id, created_at desc, id desc);
create index notifications_deliveries_by_state
    on notifications_deliveries (webhook_id, state, created_at desc, id desc);
create index notifications_deliveries_by_age on notifications_deliveries (created_at);
