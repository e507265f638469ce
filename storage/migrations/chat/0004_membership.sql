-- Rises when members of the room are changed by anything but the room itself, which knows them while it is live and
-- compares this number every two seconds.
alter table rooms add column membership bigint not null default 0;
