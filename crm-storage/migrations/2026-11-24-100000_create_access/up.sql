-- Teams, roles, API keys, and how replicas learn that who may do what has changed.

-- Roles. What the built-in ones grant comes with the program; their rows are here to be referred to.
create table roles (
    id          uuid primary key,
    name        text        not null,
    name_key    text        not null collate "C",
    description text,
    is_built_in boolean     not null,
    version     integer     not null check (version >= 1),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint roles_name_unique unique (name_key)
);

insert into roles (id, name, name_key, description, is_built_in, version, created_at, updated_at)
values ('00000000-0000-7000-8000-000000000001', 'Admin', 'admin', 'May do everything, to every record.', true, 1, now(), now()),
       ('00000000-0000-7000-8000-000000000002', 'Manager', 'manager', 'Looks after the records of their teams.', true, 1, now(), now()),
       ('00000000-0000-7000-8000-000000000003', 'Agent', 'agent', 'Works with their own leads and customers.', true, 1, now(), now()),
       ('00000000-0000-7000-8000-000000000004', 'ReadOnly', 'readonly', 'Sees everything and changes nothing.', true, 1, now(), now());

create table role_parents (
    role_id   uuid not null references roles (id) on delete cascade,
    parent_id uuid not null references roles (id),
    primary key (role_id, parent_id),
    check (role_id <> parent_id)
);
create index role_parents_by_parent on role_parents (parent_id);

create table role_grants (
    role_id    uuid not null references roles (id) on delete cascade,
    -- `lead:read`. Not checked here: permissions of a plugin that is not installed are kept.
    permission text not null,
    extent     text not null check (extent in ('own', 'queue', 'team', 'all')),
    primary key (role_id, permission)
);

create table teams (
    id         uuid primary key,
    name       text        not null,
    name_key   text        not null collate "C",
    version    integer     not null check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint teams_name_unique unique (name_key)
);

-- A user's roles and teams stand in the user's row: whoever holds the row's lock reads them as they are. In tables
-- of their own they would be read as they were before the lock was waited for.
alter table users
    add column name_key   text collate "C",
    add column role_ids   uuid[]  not null default '{}',
    add column team_ids   uuid[]  not null default '{}',
    add column is_service boolean not null default false;
update users
set name_key = lower(name),
    role_ids = array(select roles.id from roles where roles.name = users.role);
alter table users
    alter column name_key set not null,
    alter column role_ids drop default,
    alter column team_ids drop default,
    alter column is_service drop default,
    drop column role;
create index users_by_name on users (name_key, id);
create index users_by_role on users using gin (role_ids);
create index users_by_team on users using gin (team_ids);

-- What a foreign key does, for the elements of an array.
create function check_roles_and_teams() returns trigger
    language plpgsql as
$$
begin
    perform from roles where id = any (new.role_ids) for key share;
    if (select count(*) from roles where id = any (new.role_ids)) <> cardinality(new.role_ids) then
        raise foreign_key_violation using message = 'a role of the user does not exist', constraint = 'users_role_exists';
    end if;
    perform from teams where id = any (new.team_ids) for key share;
    if (select count(*) from teams where id = any (new.team_ids)) <> cardinality(new.team_ids) then
        raise foreign_key_violation using message = 'a team of the user does not exist', constraint = 'users_team_exists';
    end if;
    return null;
end
$$;
create trigger users_have_roles_and_teams_that_exist
    after insert or update of role_ids, team_ids on users
    for each row
execute function check_roles_and_teams();

create function refuse_deletion_in_use() returns trigger
    language plpgsql as
$$
begin
    if tg_table_name = 'roles' and exists (select from users where role_ids @> array [old.id]) then
        raise foreign_key_violation using message = 'users have this role', constraint = 'users_role_exists';
    end if;
    if tg_table_name = 'teams' and exists (select from users where team_ids @> array [old.id]) then
        raise foreign_key_violation using message = 'users are in this team', constraint = 'users_team_exists';
    end if;
    return old;
end
$$;
create trigger roles_in_use_are_kept
    before delete on roles
    for each row
execute function refuse_deletion_in_use();
create trigger teams_in_use_are_kept
    before delete on teams
    for each row
execute function refuse_deletion_in_use();

create table api_keys (
    id           uuid primary key,
    user_id      uuid        not null references users (id),
    name         text        not null,
    -- SHA-256 of the secret, which has 256 random bits.
    hash         bytea       not null check (length(hash) = 32),
    scopes       text[]      not null,
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    created_at   timestamptz not null,
    revoked_at   timestamptz
);
create index api_keys_by_user on api_keys (user_id, created_at desc, id desc) where revoked_at is null;

-- Which key a user acted by.
alter table activities
    add column api_key_id uuid references api_keys (id);

-- How replicas learn of changes. Each keeps a picture of the roles, teams, users and keys. A change of any of them
-- counts up one row, at the end of its transaction, where the lock is held for no longer than the commit takes.
create table access_version (
    only_row boolean primary key default true check (only_row),
    version  bigint not null
);
insert into access_version (version)
values (1);

create function access_changed() returns trigger
    language plpgsql as
$$
begin
    update access_version set version = version + 1;
    perform pg_notify('crm_access', '');
    return null;
end
$$;
create constraint trigger users_change_access
    after insert or delete on users
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger users_rights_change_access
    after update on users
    deferrable initially deferred
    for each row
    when (old.role_ids <> new.role_ids or old.team_ids <> new.team_ids or old.is_active <> new.is_active)
execute function access_changed();
create constraint trigger roles_change_access
    after insert or update or delete on roles
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger role_parents_change_access
    after insert or update or delete on role_parents
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger role_grants_change_access
    after insert or update or delete on role_grants
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger teams_change_access
    after insert or update or delete on teams
    deferrable initially deferred
    for each row
execute function access_changed();
create constraint trigger api_keys_change_access
    after insert or update of scopes, expires_at, revoked_at or delete on api_keys
    deferrable initially deferred
    for each row
execute function access_changed();

-- Ended sessions carry the transaction that ended them. A replica that asks for those from the oldest transaction on
-- that was still running when it asked before misses none, in whatever order they commit.
alter table sessions
    add column revoked_xid bigint;
create index sessions_by_revocation on sessions (revoked_xid) where revoked_xid is not null;

create function session_revoked() returns trigger
    language plpgsql as
$$
begin
    new.revoked_xid := pg_current_xact_id()::text::bigint;
    perform pg_notify('crm_access', '');
    return new;
end
$$;
create trigger sessions_tell_that_they_are_revoked
    before update of revoked_at on sessions
    for each row
    when (old.revoked_at is null and new.revoked_at is not null)
execute function session_revoked();

-- With the owner in them these are read for a team, and for an agent, without looking up every lead that they pass.
drop index leads_newest;
create index leads_newest on leads (created_at desc, id desc, owner_id, assigned_to, status) where not is_archived;
drop index leads_by_source;
create index leads_by_source on leads (source, created_at desc, id desc, owner_id, assigned_to) where not is_archived;
-- What waits to be taken in a team: see the extent `queue`.
create index leads_unassigned on leads (owner_id, created_at desc, id desc) where assigned_to is null and not is_archived;
