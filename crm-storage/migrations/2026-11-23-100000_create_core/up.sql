-- Users, sessions, leads, customers, the activity log and the outbox.
--
-- Conventions: ids are UUIDv7 made by the application; times are timestamptz; enumerations are text with a CHECK;
-- `*_key` and `search_text` are folded by the application (crm-domain), never by lower(), whose result depends on
-- the server's locale. They are COLLATE "C", so that plain indexes serve sorting and prefix search everywhere.

create table users (
    id            uuid primary key,
    name          text        not null,
    email         text        not null,
    email_key     text        not null collate "C",
    password_hash text        not null,
    role          text        not null check (role in ('Admin', 'Agent')),
    is_active     boolean     not null,
    version       integer     not null check (version >= 1),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint users_email_unique unique (email_key)
);

create table sessions (
    id              uuid primary key,
    user_id         uuid        not null references users (id),
    -- Input of the refresh token's key; without the server's key it forges nothing.
    salt            bytea       not null check (length(salt) = 32),
    counter         integer     not null check (counter >= 0),
    -- The newest counter whose access token was used: proof that the client received it.
    seen_counter    integer     not null default -1,
    created_at      timestamptz not null,
    rotated_at      timestamptz not null,
    idle_expires_at timestamptz not null,
    expires_at      timestamptz not null,
    revoked_at      timestamptz,
    revoke_reason   text,
    address         text,
    user_agent      text,
    check ((revoked_at is null) = (revoke_reason is null))
);
create index sessions_by_user on sessions (user_id, created_at desc);

-- Only hashes of secrets that work once: the set-up token of a workspace without users.
create table one_time_tokens (
    hash       bytea primary key,
    purpose    text        not null check (purpose in ('setup')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create table customers (
    id          uuid primary key,
    name        text        not null,
    name_key    text        not null collate "C",
    company     text,
    email       text,
    email_key   text collate "C",
    phone       text,
    phone_key   text collate "C",
    tags        text[]      not null,
    tag_keys    text[]      not null,
    search_text text        not null collate "C",
    assigned_to uuid references users (id),
    created_by  uuid references users (id),
    -- Whose record it is: see leads.owner_id.
    owner_id    uuid generated always as (coalesce(assigned_to, created_by)) stored,
    origin_lead uuid,
    is_archived boolean     not null,
    version     integer     not null check (version >= 1),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint customers_origin_lead_unique unique (origin_lead)
);
create index customers_by_owner on customers (owner_id, created_at desc, id desc) where not is_archived;

create table leads (
    id                    uuid primary key,
    name                  text        not null,
    name_key              text        not null collate "C",
    email                 text,
    email_key             text collate "C",
    phone                 text,
    phone_key             text collate "C",
    company               text,
    status                text        not null
        check (status in ('New', 'Contacted', 'Nurturing', 'Qualified', 'Unqualified', 'Converted')),
    status_since          timestamptz not null,
    unqualified_reason    text
        check (unqualified_reason in
               ('NoBudget', 'NoNeed', 'NoResponse', 'Competitor', 'Duplicate', 'Spam', 'Other')),
    unqualified_note      text,
    converted_customer_id uuid references customers (id),
    converted_at          timestamptz,
    source                text collate "C",
    assigned_to           uuid references users (id),
    assigned_at           timestamptz,
    tags                  text[]      not null,
    tag_keys              text[]      not null,
    search_text           text        not null collate "C",
    recycle_count         integer     not null check (recycle_count >= 0),
    is_archived           boolean     not null,
    version               integer     not null check (version >= 1),
    created_by            uuid references users (id),
    created_at            timestamptz not null,
    updated_at            timestamptz not null,
    -- Whose record it is: the agent's it is assigned to, else its maker's. The scope `own` compares this one
    -- column, which an index can serve; an OR over two columns could not be read in order.
    owner_id              uuid generated always as (coalesce(assigned_to, created_by)) stored,
    check (email is not null or phone is not null),
    check ((email is null) = (email_key is null)),
    check ((phone is null) = (phone_key is null)),
    check ((status = 'Unqualified') = (unqualified_reason is not null)),
    check (unqualified_note is null or status = 'Unqualified'),
    check (unqualified_reason <> 'Other' or unqualified_note is not null),
    check ((status = 'Converted') = (converted_customer_id is not null)),
    check ((status = 'Converted') = (converted_at is not null)),
    check ((assigned_to is null) = (assigned_at is null))
);
alter table customers
    add constraint customers_origin_lead_exists foreign key (origin_lead) references leads (id);

-- One index for each way a list is narrowed or sorted; all lead with an equality and end in the page order.
create index leads_newest on leads (created_at desc, id desc) where not is_archived;
create index leads_by_status on leads (status, created_at desc, id desc) where not is_archived;
create index leads_by_owner on leads (owner_id, created_at desc, id desc) where not is_archived;
create index leads_by_owner_and_status on leads (owner_id, status, created_at desc, id desc) where not is_archived;
create index leads_by_source on leads (source, created_at desc, id desc) where not is_archived;
-- What follows the page order here is tested in the index: without it a walk to the few leads of one agent, or of last
-- week, looks up every lead that it passes.
create index leads_by_change on leads (updated_at desc, id desc, owner_id, status, created_at) where not is_archived;
create index leads_by_name on leads (name_key, id, owner_id, status, created_at) where not is_archived;
create index leads_by_email on leads (email_key) where not is_archived;
create index leads_by_tag on leads using gin (tag_keys);
create index leads_archived on leads (created_at desc, id desc) where is_archived;
create index leads_archived_by_owner on leads (owner_id, created_at desc, id desc) where is_archived;

-- Search inside words needs pg_trgm, which comes with Postgres' contrib modules. Without it, or without the right to
-- create it here, search still finds everything, but reads every lead; `crm doctor` says so.
do $$
begin
    create extension if not exists pg_trgm;
    create index leads_search on leads using gin (search_text gin_trgm_ops);
exception
    when insufficient_privilege or undefined_file or undefined_object or feature_not_supported then
        raise warning 'pg_trgm cannot be used (%): searching will read every lead', sqlerrm;
end
$$;

create table lead_status_changes (
    id          bigint generated always as identity primary key,
    lead_id     uuid        not null references leads (id),
    from_status text        not null,
    to_status   text        not null,
    changed_at  timestamptz not null,
    changed_by  uuid references users (id),
    -- Whole seconds spent in from_status.
    seconds     bigint      not null check (seconds >= 0)
);
create index lead_status_changes_by_lead on lead_status_changes (lead_id, id);

create table activities (
    id          uuid primary key,
    at          timestamptz not null,
    -- A user, or the part of the program named in actor_name.
    actor_id    uuid references users (id),
    actor_name  text,
    action      text        not null,
    resource    text        not null,
    resource_id uuid        not null,
    changes     jsonb       not null,
    request_id  uuid,
    check ((actor_id is null) <> (actor_name is null))
);
create index activities_by_record on activities (resource, resource_id, at desc, id desc);
create index activities_newest on activities (at desc, id desc);

create function refuse_change() returns trigger
    language plpgsql as
$$
begin
    raise exception 'rows of % are only ever added', tg_table_name;
end
$$;
create trigger activities_are_only_added
    before update or delete or truncate on activities
    for each statement
execute function refuse_change();

-- The outbox: every event, written in the transaction of what it tells.
create table events (
    position    bigint generated always as identity primary key,
    id          uuid        not null unique,
    name        text        not null,
    version     smallint    not null,
    resource    text        not null,
    resource_id uuid        not null,
    payload     jsonb       not null,
    at          timestamptz not null
);
