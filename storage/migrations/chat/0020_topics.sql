-- Who set a room's topic, by their number among the authors, and when; 0: there is none, or it is older than this.
alter table settings add column topic_by bigint not null default 0;
alter table settings add column topic_at bigint not null default 0;
