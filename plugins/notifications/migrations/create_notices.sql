-- Notices: what a user is told, by number. The numbers of one user have no gaps and are of the order in which they appeared, since
-- whoever makes one holds the row of the inbox until then: who has read up to a number has missed nothing before it.

create table notifications_inboxes (
    user_id     uuid primary key references users (id),
    last_number bigint not null check (last_number >= 0)
);

create table notifications_notices (
    user_id    uuid        not null references users (id),
    number     bigint      not null check (number >= 1),
    kind       text        not null check (length(kind) <= 50),
    -- No reference: events are kept for their own time.
    event_id   uuid        not null,
    -- Whether it is in the list; otherwise only by other ways.
    is_shown   boolean     not null,
    created_at timestamptz not null,
    read_at    timestamptz,
    primary key (user_id, number),
    -- One is told of an event once, whoever tries to tell it twice.
    constraint notifications_notices_told_once unique (user_id, event_id)
);

create index notifications_notices_shown on notifications_notices (user_id, number desc) where is_shown;
create index notifications_notices_unread on notifications_notices (user_id, number desc)
    where is_shown and read_at is null;
create index notifications_notices_by_age on notifications_notices (created_at);
