-- The lists that figures link to: by when leads were converted, and those that nobody is assigned to.

create index leads_by_conversion on leads (converted_at desc, id desc, created_at, owner_id, assigned_to)
    where not is_archived and converted_at is not null;
create index leads_unassigned on leads (created_at desc, id desc, owner_id) where assigned_to is null and not is_archived;
create index customers_unassigned on customers (created_at desc, id desc, owner_id)
    where assigned_to is null and not is_archived;
-- Customers are counted by who looks after them in this index alone.
create index customers_by_assignee on customers (assigned_to, owner_id) where not is_archived;

-- What follows the page order is tested in the index, as in leads_by_change: a walk over some days looks up no lead that
-- it passes.
drop index leads_newest;
create index leads_newest on leads (created_at desc, id desc, owner_id, assigned_to, status, source) where not is_archived;
