-- Custom fields: their definitions, and the values that records hold. See docs/decisions/0021.

create table custom_fields (
    id          uuid primary key,
    resource    text        not null check (resource in ('lead', 'customer', 'task')),
    -- Stands in the expressions of indexes and queries as it is, so nothing else may be in it.
    key         text        not null collate "C" check (key ~ '^[a-z][a-zA-Z0-9]{0,39}$'),
    label       text        not null,
    type        text        not null
        check (type in ('text', 'number', 'money', 'date', 'datetime', 'bool', 'select', 'multiSelect', 'link')),
    -- What is demanded of values, and the options of selects.
    rules       jsonb       not null,
    is_required boolean     not null,
    position    integer     not null,
    is_archived boolean     not null,
    -- Of the index of this field: see crm-storage/src/custom_fields/index.rs.
    index_state text        not null check (index_state in ('pending', 'ready', 'failed')),
    version     integer     not null check (version >= 1),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    -- Rows are never deleted: a key is never used for another field.
    constraint custom_fields_key_unique unique (resource, key)
);

-- The values, and what lists compare and sort them by: folded and padded texts, computed by the application. The defaults
-- are for servers of the version before.
alter table leads
    add column custom      jsonb not null default '{}',
    add column custom_keys jsonb not null default '{}';
alter table customers
    add column custom      jsonb not null default '{}',
    add column custom_keys jsonb not null default '{}';
alter table tasks
    add column custom      jsonb not null default '{}',
    add column custom_keys jsonb not null default '{}';
