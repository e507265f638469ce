-- How far a member has read. `texts` counts a room's words, those that were erased too: it moves with `head`, in the same
-- statement, and the difference to `read_texts`, which is its value at the member's mark, is what they haven't read.
-- `said` is the number of the newest words. Those who are members by now have read everything, as a new one has.
alter table rooms add column texts bigint not null default 0;
alter table rooms add column said bigint not null default 0;
update rooms set texts = (select count(*) from messages where messages.room = rooms.id and messages.kind in (0, 7, 8, 9)), said = coalesce((select max(messages.seq) from messages where messages.room = rooms.id and messages.kind in (0, 8, 9)), 0);
alter table members add column read_seq bigint not null default 0;
alter table members add column read_texts bigint not null default 0;
alter table members add column notify smallint;
update members set read_seq = (select rooms.head from rooms where rooms.id = members.room), read_texts = (select rooms.texts from rooms where rooms.id = members.room);
