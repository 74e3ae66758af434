-- Links by which users set their passwords: one at a time for each user.

alter table one_time_tokens
    add column user_id uuid references users (id),
    drop constraint one_time_tokens_purpose_check,
    add constraint one_time_tokens_purpose_check check (purpose in ('setup', 'password')),
    add constraint one_time_tokens_of_user check ((purpose = 'setup') = (user_id is null)),
    add constraint one_time_tokens_one_per_user unique (user_id);
