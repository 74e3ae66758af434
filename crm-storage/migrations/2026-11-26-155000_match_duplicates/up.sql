-- Records that may be the same: found by address, number, or name and company.

-- The company without its legal form, computed by the application; a row from before has none until it is written again.
alter table leads add column company_key text collate "C";
alter table customers add column company_key text collate "C";

create index leads_by_phone on leads (phone_key) where not is_archived;
create index customers_by_phone on customers (phone_key) where not is_archived;
create index leads_by_company on leads (company_key, name_key) where not is_archived;
create index customers_by_company on customers (company_key, name_key) where not is_archived;

-- The leads that became a customer.
create index leads_by_customer on leads (converted_customer_id) where converted_customer_id is not null;

-- The tasks about a record, those put away among them.
create index tasks_about on tasks (related_type, related_id) where related_id is not null;
