-- Several records become one: the others are tombstones, and can be taken out again.

alter table leads add column merged_into uuid references leads (id);
alter table leads add constraint leads_tombstones_are_archived check (merged_into is null or is_archived);
alter table customers add column merged_into uuid references customers (id);
alter table customers add constraint customers_tombstones_are_archived check (merged_into is null or is_archived);
-- What a record took in.
create index leads_merged on leads (merged_into) where merged_into is not null;
create index customers_merged on customers (merged_into) where merged_into is not null;

-- What each merge did, for taking apart what it made.
create table merges (
    id          uuid primary key,
    resource    text        not null,
    target_id   uuid        not null,
    -- The fields of the target that it changed, as the activity log has them.
    changes     jsonb       not null,
    -- What it took in: [{"id", "notes": [ids], "tasks": [ids]}].
    sources     jsonb       not null,
    merged_by   uuid references users (id),
    merged_at   timestamptz not null,
    unmerged_at timestamptz
);
create index merges_by_target on merges (resource, target_id, id desc) where unmerged_at is null;
