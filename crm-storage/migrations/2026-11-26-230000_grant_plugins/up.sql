-- Which default grants of plugins were given: each is given once, so that one that was taken away stays so. See
-- docs/decisions/0026.

create table plugin_grants_applied (
    plugin     text        not null,
    permission text        not null,
    role_id    uuid        not null references roles (id) on delete cascade,
    applied_at timestamptz not null default clock_timestamp(),
    primary key (permission, role_id)
);
