-- Customers that are listed, searched and written about.

-- One index for each way a list is narrowed or sorted, as for leads.
drop index customers_by_owner;
create index customers_newest on customers (created_at desc, id desc, owner_id, assigned_to) where not is_archived;
create index customers_by_owner on customers (owner_id, created_at desc, id desc) where not is_archived;
create index customers_by_change on customers (updated_at desc, id desc, owner_id, created_at) where not is_archived;
create index customers_by_name on customers (name_key, id, owner_id, created_at) where not is_archived;
create index customers_by_email on customers (email_key) where not is_archived;
create index customers_by_tag on customers using gin (tag_keys);
create index customers_archived on customers (created_at desc, id desc) where is_archived;
create index customers_archived_by_owner on customers (owner_id, created_at desc, id desc) where is_archived;

do $$
begin
    if exists (select from pg_extension where extname = 'pg_trgm') then
        create index customers_search on customers using gin (search_text gin_trgm_ops);
    else
        raise warning 'pg_trgm is not installed: searching will read every customer';
    end if;
end
$$;

create table customer_notes (
    id          uuid primary key,
    customer_id uuid        not null references customers (id),
    text        text        not null,
    created_by  uuid references users (id),
    created_at  timestamptz not null
);
create index customer_notes_by_customer on customer_notes (customer_id, created_at desc, id desc);
