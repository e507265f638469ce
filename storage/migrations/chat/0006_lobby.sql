-- The room that clients enter who name none. It is there before anybody comes, so that nobody makes it theirs.
insert into rooms (name, folded, owner, owner_folded, private, generation, epoch, head, node, view, created_at)
values ('lobby', 'lobby', 'system', 'system', 0, {{random_generation}}, 0, 0, '', 0, {{now}})
on conflict do nothing;
