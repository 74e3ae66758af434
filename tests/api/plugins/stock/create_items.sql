-- The stock. Owners are users of the core.

create table stock_items (
    id         uuid primary key,
    name       text        not null,
    owner_id   uuid references users (id),
    version    integer     not null check (version >= 1),
    created_at timestamptz not null
);

create index stock_items_by_age on stock_items (created_at desc, id desc);
create index stock_items_by_owner on stock_items (owner_id, created_at desc, id desc);
