-- The outbox is read as a feed, in an order in which nothing appears later before what was read. See docs/decisions/0027.

-- When all transactions up to this one have ended, no event can still appear before this one: it is its own transaction, or
-- the last one that had ended when it was written, whichever came later. The latter keeps the events of one record in
-- their order: who writes later to a record does so after the one before has ended.
-- Events from before have zero, a constant, for which no row is rewritten.
alter table events add column horizon bigint not null default 0;
alter table events alter column horizon set default greatest(
    pg_current_xact_id()::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1
);
create index events_in_order on events (horizon, position);
