-- Visits, for customers.
create table visits_visits (
    id          uuid primary key,
    name        text        not null,
    customer_id uuid        not null references customers (id),
    owner_id    uuid references users (id),
    done_at     timestamptz,
    version     integer     not null check (version >= 1),
    created_at  timestamptz not null
);

-- One index for each order and reach that lists are asked in.
create index visits_by_age on visits_visits (created_at desc, id desc);
create index visits_by_owner on visits_visits (owner_id, created_at desc, id desc);
create index visits_by_customer on visits_visits (customer_id, created_at desc, id desc);
