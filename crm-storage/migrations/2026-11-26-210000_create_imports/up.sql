-- Imports: tables that people upload, and what became of each of their rows.

create table imports (
    id           uuid primary key,
    kind         text        not null check (kind in ('lead', 'customer')),
    state        text        not null check (state in
        ('uploading', 'ready', 'checking', 'checked', 'running', 'finished', 'reverting', 'reverted', 'failed')),
    column_names text[]      not null,
    -- What each column holds; empty for one that is left out.
    mapping      text[]      not null,
    mode         text        not null check (mode in ('create', 'update', 'both')),
    match_by     text        not null check (match_by in ('emailId', 'phone', 'id')),
    on_duplicate text        not null check (on_duplicate in ('skip', 'fail', 'create')),
    rows         integer     not null check (rows >= 0),
    -- How many rows are done in this state: written in the transaction of what they did.
    position     integer     not null check (position between 0 and rows),
    created      integer     not null,
    updated      integer     not null,
    unchanged    integer     not null,
    skipped      integer     not null,
    failed       integer     not null,
    reverted     integer     not null,
    kept         integer     not null,
    failure      text,
    owner_id     uuid        not null references users (id),
    -- The key by which it was set to work, whose limits hold for it.
    api_key_id   uuid,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    check ((state = 'failed') = (failure is not null))
);
create index imports_by_owner on imports (owner_id, created_at desc, id desc);
create index imports_active on imports (created_at, id) where state in ('checking', 'running', 'reverting');

create table import_rows (
    import_id uuid    not null references imports (id) on delete cascade,
    number    integer not null check (number >= 1),
    -- The line of the file in which the row begins.
    line      integer not null check (line >= 1),
    cells     jsonb   not null,
    -- Why it makes no record, whatever the options are.
    problem   text,
    outcome   text check (outcome in ('created', 'updated', 'unchanged', 'skipped', 'failed', 'reverted', 'kept')),
    reason    text,
    email_key text collate "C",
    record_id uuid,
    -- The version of the record after it, and the fields that it changed.
    version   integer,
    changes   jsonb,
    primary key (import_id, number)
);
create index import_rows_by_email on import_rows (import_id, email_key, number) where outcome = 'created';
create index import_rows_by_record on import_rows (import_id, record_id, number) where record_id is not null;
create index import_rows_wrong on import_rows (import_id, number) where outcome in ('skipped', 'failed', 'kept');
