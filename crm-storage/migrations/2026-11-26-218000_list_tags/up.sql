-- Which tags are on which records: one row for each tag of a record. An index on arrays finds the records with a tag, but
-- neither the tags there are nor, without reading all records with a tag, how many of them somebody may see.

create table record_tags (
    resource      text    not null check (resource in ('lead', 'customer')),
    key           text    not null collate "C",
    record_id     uuid    not null,
    spelling      text    not null collate "C",
    -- Whose record it is, and whether it waits to be taken: who may see it follows from these.
    owner_id      uuid,
    is_unassigned boolean not null,
    is_archived   boolean not null,
    primary key (resource, key, record_id)
);

-- Kept by triggers, so that no way to write a record can forget it. What was merged into another record has none.
create function add_tags() returns trigger
    language plpgsql as
$$
begin
    insert into record_tags (resource, key, record_id, spelling, owner_id, is_unassigned, is_archived)
    select tg_argv[0], tag.key, added.id, tag.spelling, added.owner_id, added.assigned_to is null, added.is_archived
    from added
             cross join lateral unnest(added.tag_keys, added.tags) as tag (key, spelling)
    where added.merged_into is null;
    return null;
end
$$;

create function replace_tags() returns trigger
    language plpgsql as
$$
begin
    delete from record_tags
    where resource = tg_argv[0]
      and key = any (old.tag_keys)
      and record_id = old.id;
    if tg_op = 'UPDATE' and new.merged_into is null then
        insert into record_tags (resource, key, record_id, spelling, owner_id, is_unassigned, is_archived)
        select tg_argv[0], tag.key, new.id, tag.spelling, new.owner_id, new.assigned_to is null, new.is_archived
        from unnest(new.tag_keys, new.tags) as tag (key, spelling);
    end if;
    return null;
end
$$;

create trigger leads_add_tags
    after insert on leads
    referencing new table as added
    for each statement
execute function add_tags('lead');
create trigger leads_replace_tags
    after update on leads
    for each row
    when ((old.tags <> '{}' or new.tags <> '{}')
        and (old.tags, old.owner_id, old.assigned_to, old.is_archived, old.merged_into)
            is distinct from (new.tags, new.owner_id, new.assigned_to, new.is_archived, new.merged_into))
execute function replace_tags('lead');
create trigger leads_take_tags_along
    after delete on leads
    for each row
    when (old.tags <> '{}')
execute function replace_tags('lead');

create trigger customers_add_tags
    after insert on customers
    referencing new table as added
    for each statement
execute function add_tags('customer');
create trigger customers_replace_tags
    after update on customers
    for each row
    when ((old.tags <> '{}' or new.tags <> '{}')
        and (old.tags, old.owner_id, old.assigned_to, old.is_archived, old.merged_into)
            is distinct from (new.tags, new.owner_id, new.assigned_to, new.is_archived, new.merged_into))
execute function replace_tags('customer');
create trigger customers_take_tags_along
    after delete on customers
    for each row
    when (old.tags <> '{}')
execute function replace_tags('customer');

insert into record_tags (resource, key, record_id, spelling, owner_id, is_unassigned, is_archived)
select 'lead', tag.key, leads.id, tag.spelling, leads.owner_id, leads.assigned_to is null, leads.is_archived
from leads
         cross join lateral unnest(leads.tag_keys, leads.tags) as tag (key, spelling)
where leads.merged_into is null
union all
select 'customer', tag.key, customers.id, tag.spelling, customers.owner_id, customers.assigned_to is null, customers.is_archived
from customers
         cross join lateral unnest(customers.tag_keys, customers.tags) as tag (key, spelling)
where customers.merged_into is null;

-- From tag to tag, and the records of each: for who sees all records, and for who sees those of some people.
create index record_tags_at_hand on record_tags (resource, key, spelling) where not is_archived;
create index record_tags_by_owner on record_tags (resource, owner_id, is_unassigned, key, spelling) where not is_archived;
