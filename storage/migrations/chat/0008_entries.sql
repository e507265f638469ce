-- Entries that are more than a text: what kind they are (core::entry_kind), which earlier entry and which author they are
-- about, and what else belongs to them, a JSON object. Texts are stored by statements that name none of these columns.
alter table messages add column kind smallint not null default 0;
alter table messages add column target bigint;
alter table messages add column subject bigint;
alter table messages add column extra text;
-- What is about an entry; what erased something, or was done to the room.
create index messages_by_target on messages (room, target) where target is not null;
create index messages_that_act on messages (room, seq) where kind = 2 or kind >= 16;
