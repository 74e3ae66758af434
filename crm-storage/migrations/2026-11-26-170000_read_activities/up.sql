-- The activity log is read, not only kept.

-- One index for each way in which it is narrowed; all end in the order in which it is read. With the actor in them they are
-- read for a team without looking up every row that they pass.
drop index activities_newest;
create index activities_newest on activities (at desc, id desc, actor_id);
create index activities_by_actor on activities (actor_id, at desc, id desc, resource, action);
create index activities_by_resource on activities (resource, at desc, id desc, actor_id);
create index activities_by_action on activities (action, at desc, id desc, actor_id);
