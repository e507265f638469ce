-- Whether people in a room hear how far others have read: 0 as long as it is small, 1 always, 2 never.
alter table settings add column receipts bigint not null default 0;
