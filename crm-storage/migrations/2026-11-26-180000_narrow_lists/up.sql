-- The lists that figures link to: by when leads were converted, and those that nobody is assigned to.

create index leads_by_conversion on leads (converted_at desc, id desc, created_at, owner_id, assigned_to)
    where not is_archived and converted_at is not null;
-- The same, in the order of most lists.
create index leads_converted on leads (created_at desc, id desc, converted_at, owner_id, assigned_to)
    where not is_archived and converted_at is not null;
create index leads_of_nobody on leads (created_at desc, id desc, owner_id) where assigned_to is null and not is_archived;
create index customers_of_nobody on customers (created_at desc, id desc, owner_id)
    where assigned_to is null and not is_archived;
-- Customers are counted by who looks after them in this index alone.
create index customers_by_assignee on customers (assigned_to, owner_id) where not is_archived;
