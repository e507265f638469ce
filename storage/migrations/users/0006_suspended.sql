-- A suspension ends by itself: the user can't log in before `suspended_until`. 0: nobody keeps them from it. The
-- highest number: until somebody ends it.
alter table users add column suspended_until bigint not null default 0;
update users set suspended_until = 9223372036854775807 where suspended <> 0;
alter table users drop column suspended;

-- Whether an admin is the last one is asked under a lock.
create index users_admins on users (id) where admin <> 0;
