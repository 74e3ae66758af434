-- Deals: what a customer may buy, where it stands in a pipeline, and through which stages it went.

create table deals_pipelines (
    id          uuid primary key,
    name        text        not null,
    is_archived boolean     not null,
    version     integer     not null check (version >= 1),
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);

-- A stage that is taken away stays as a row: histories name it.
create table deals_stages (
    id               uuid primary key,
    pipeline_id      uuid     not null references deals_pipelines (id),
    name             text     not null,
    kind             text     not null check (kind in ('open', 'won', 'lost')),
    -- Per cent.
    probability      smallint not null check (probability between 0 and 100),
    -- Days after which a deal in it is stale.
    stale_after_days smallint check (stale_after_days > 0),
    position         smallint not null,
    is_archived      boolean  not null,
    check (kind = 'open' or probability = case kind when 'won' then 100 else 0 end),
    -- What deals refer to, since they keep all three.
    unique (id, pipeline_id, kind)
);
create index deals_stages_by_pipeline on deals_stages (pipeline_id, position);

create table deals_deals (
    id                   uuid primary key,
    name                 text        not null,
    name_key             text        not null collate "C",
    search_text          text        not null collate "C",
    customer_id          uuid        not null references customers (id),
    pipeline_id          uuid        not null,
    stage_id             uuid        not null,
    kind                 text        not null,
    -- Minor units of the currency.
    amount               bigint check (amount between 0 and 9007199254740991),
    currency             text check (length(currency) = 3),
    -- What lists are sorted by: currency and amount; without them, what is after all others.
    amount_key           text        not null collate "C",
    -- In the place of the stage's probability.
    probability_override smallint check (probability_override between 0 and 100),
    -- A day of the workspace's calendar, which is no instant.
    expected_close_date  date,
    -- The same as lists are sorted by it; without a day, what is after all others.
    close_key            text        not null collate "C",
    assigned_to          uuid references users (id),
    lost_reason          text,
    closed_at            timestamptz,
    stage_since          timestamptz not null,
    -- Where its card lies in the stage.
    rank                 text        not null collate "C" check (rank <> ''),
    is_archived          boolean     not null,
    version              integer     not null check (version >= 1),
    created_by           uuid references users (id),
    created_at           timestamptz not null,
    updated_at           timestamptz not null,
    -- Whose record it is: see leads.owner_id.
    owner_id             uuid generated always as (coalesce(assigned_to, created_by)) stored,
    foreign key (stage_id, pipeline_id, kind) references deals_stages (id, pipeline_id, kind),
    -- Looked at when a statement ends: one of them gives a whole stage other ranks.
    constraint deals_deals_by_rank unique (stage_id, rank) deferrable initially immediate,
    check ((amount is null) = (currency is null)),
    check ((kind = 'open') = (closed_at is null)),
    check ((kind = 'lost') = (lost_reason is not null)),
    check (kind = 'open' or probability_override is null)
);

-- One index for each way a list is narrowed or sorted, as for leads.
create index deals_deals_newest on deals_deals (created_at desc, id desc, owner_id, assigned_to, kind) where not is_archived;
create index deals_deals_by_change on deals_deals (updated_at desc, id desc, owner_id, assigned_to, kind) where not is_archived;
create index deals_deals_by_name on deals_deals (name_key, id, owner_id, assigned_to, kind) where not is_archived;
create index deals_deals_by_close on deals_deals (close_key, id, owner_id, assigned_to, kind) where not is_archived;
create index deals_deals_by_amount on deals_deals (amount_key, id, owner_id, assigned_to, kind) where not is_archived;
create index deals_deals_by_owner on deals_deals (owner_id, created_at desc, id desc) where not is_archived;
create index deals_deals_by_owner_and_stage on deals_deals (owner_id, stage_id, rank) where not is_archived;
create index deals_deals_by_kind on deals_deals (kind, created_at desc, id desc, owner_id, assigned_to) where not is_archived;
create index deals_deals_by_pipeline on deals_deals (pipeline_id, created_at desc, id desc) where not is_archived;
create index deals_deals_by_stage on deals_deals (stage_id, stage_since, id) where not is_archived;
create index deals_deals_by_customer on deals_deals (customer_id, created_at desc, id desc);
create index deals_deals_unassigned on deals_deals (owner_id, created_at desc, id desc) where assigned_to is null and not is_archived;
create index deals_deals_archived on deals_deals (created_at desc, id desc) where is_archived;
create index deals_deals_archived_by_owner on deals_deals (owner_id, created_at desc, id desc) where is_archived;
-- What forecasts add up.
create index deals_deals_open_by_day
    on deals_deals (expected_close_date, owner_id, assigned_to, stage_id, currency, amount, probability_override)
    where kind = 'open' and not is_archived;
create index deals_deals_closed
    on deals_deals (closed_at, owner_id, assigned_to, kind, currency, amount)
    where kind <> 'open' and not is_archived;

do $$
begin
    if exists (select from pg_extension where extname = 'pg_trgm') then
        create index deals_deals_search on deals_deals using gin (search_text gin_trgm_ops);
    else
        raise warning 'pg_trgm is not installed: searching will read every deal';
    end if;
end
$$;

create table deals_stage_changes (
    id         bigint generated always as identity primary key,
    deal_id    uuid        not null references deals_deals (id),
    from_stage uuid        not null references deals_stages (id),
    to_stage   uuid        not null references deals_stages (id),
    changed_at timestamptz not null,
    changed_by uuid references users (id),
    -- Whole seconds spent in from_stage.
    seconds    bigint      not null check (seconds >= 0)
);
create index deals_stage_changes_by_deal on deals_stage_changes (deal_id, id);

-- Which deals a merge of customers moved, for who undoes it.
create table deals_merged (
    deal_id     uuid not null references deals_deals (id),
    source_id   uuid not null references customers (id),
    target_id   uuid not null references customers (id),
    primary key (deal_id, source_id)
);
create index deals_merged_by_target on deals_merged (target_id, source_id);

-- The pipeline that every workspace begins with.
insert into deals_pipelines (id, name, is_archived, version, created_at, updated_at)
values ('00000000-0000-7000-8000-00000dea1000', 'Sales', false, 1, now(), now());

insert into deals_stages (id, pipeline_id, name, kind, probability, stale_after_days, position, is_archived)
select id, '00000000-0000-7000-8000-00000dea1000', name, kind, probability, null, position, false
from (values
    ('00000000-0000-7000-8000-00000dea1001'::uuid, 'New', 'open', 10, 1),
    ('00000000-0000-7000-8000-00000dea1002'::uuid, 'Qualified', 'open', 25, 2),
    ('00000000-0000-7000-8000-00000dea1003'::uuid, 'Proposal', 'open', 50, 3),
    ('00000000-0000-7000-8000-00000dea1004'::uuid, 'Negotiation', 'open', 75, 4),
    ('00000000-0000-7000-8000-00000dea1005'::uuid, 'Won', 'won', 100, 5),
    ('00000000-0000-7000-8000-00000dea1006'::uuid, 'Lost', 'lost', 0, 6)
) as stage (id, name, kind, probability, position);
