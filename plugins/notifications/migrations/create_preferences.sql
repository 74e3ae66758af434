-- By which ways a user is told of what; what stands here in the place of what is so by default.

create table notifications_preferences (
    user_id uuid    not null references users (id),
    kind    text    not null check (length(kind) <= 50),
    in_app  boolean not null,
    by_mail boolean not null,
    primary key (user_id, kind)
);
