-- Lists as somebody wants to see them again. They hold no records, so that they show each reader no more than the list does.

create table saved_views (
    id         uuid primary key,
    owner_id   uuid        not null references users (id),
    resource   text        not null check (resource in ('lead', 'customer', 'task')),
    name       text        not null,
    name_key   text        not null collate "C",
    -- The parameters of the list by their names.
    filter     jsonb       not null,
    sort       text,
    columns    text[]      not null check (cardinality(columns) <= 50),
    is_shared  boolean     not null,
    version    integer     not null check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint saved_views_name_unique unique (owner_id, resource, name_key)
);
create index saved_views_shared on saved_views (resource, name_key, id) where is_shared;
