-- The modes of a room that are no other setting: `flags` is a set (core::room_flag), `most` a number of people or 0, a key
-- and masks may be empty. A line of `masks` is the letter of its list, a space, and the mask.
alter table settings add column flags smallint not null default 3;
alter table settings add column most bigint not null default 0;
alter table settings add column room_key text not null default '';
alter table settings add column masks text not null default '';
