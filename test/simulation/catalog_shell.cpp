#include "test/simulation/catalog_shell.hpp"

#include <algorithm>

#include "core/direct.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/room_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr core::milliseconds act_patience{4500}, act_pause{100};

}  // namespace

template <class Reply>
void catalog_shell::ask(promise<Reply> owed, std::function<core::result<Reply>()> what) {
  using answer = core::result<Reply>;
  deps_.store->call<answer>(*this, false, std::move(what), [owed](core::result<answer> given) mutable {
    owed.keep(given ? std::move(*given) : answer(given.why()));
  });
}

void catalog_shell::receive(core::enter_room& visit, promise<core::room_entered> owed) {
  const core::generation_id fresh{home().of().random.next() >> 1};
  ask<core::room_entered>(
      owed, [data = deps_.data, visit, fresh, now = home().now().wall] { return data->enter(visit, fresh, now); });
}

void catalog_shell::receive(core::create_room& wanted, promise<core::room_entered> owed) {
  const core::generation_id fresh{home().of().random.next() >> 1};
  ask<core::room_entered>(
      owed, [data = deps_.data, wanted, fresh, now = home().now().wall] { return data->create(wanted, fresh, now); });
}

void catalog_shell::receive(core::read_history& wanted, promise<core::history_page> owed) {
  ask<core::history_page>(
      owed, [data = deps_.data, wanted, now = home().now().wall] { return data->read_history(wanted, now); });
}

void catalog_shell::receive(core::read_heads& wanted, promise<core::room_heads> owed) {
  ask<core::room_heads>(owed, [data = deps_.data, wanted] { return core::result(data->read_heads(wanted)); });
}

void catalog_shell::receive(core::delete_room& wanted, promise<core::room_gone> owed) {
  using answer = core::status;
  deps_.store->call<answer>(
      *this, false, [data = deps_.data, wanted, now = home().now().wall] { return data->delete_room(wanted, now); },
      [this, owed, room = wanted.room](core::result<answer> given) mutable {
        const auto why = given ? given->code() : given.code();
        if (why != ec::none) return owed.refuse({why, {}, 0});
        send(deps_.node, announce{core::room_gone{room, ec::gone}});
        owed.keep(core::room_gone{room, ec::gone});
      });
}

void catalog_shell::receive(core::join_members& wanted, promise<core::members_changed> owed) {
  using answer = core::status;
  deps_.store->call<answer>(
      *this, false, [data = deps_.data, wanted, now = home().now().wall] { return data->join_members(wanted, now); },
      [owed](core::result<answer> given) mutable {
        const auto why = !given ? given.why() : *given ? core::error{ec::none, {}, 0} : given->why();
        if (why.code != ec::none) return owed.refuse(why);
        owed.keep(core::members_changed{});
      });
}

// ---- people

void catalog_shell::receive(core::move_marks& wanted, promise<core::marks_moved> owed) {
  ask<core::marks_moved>(owed, [data = deps_.data, wanted] { return core::result(data->move_marks(wanted)); });
}

void catalog_shell::receive(core::sync_rooms& wanted, promise<core::rooms_synced> owed) {
  ask<core::rooms_synced>(owed, [data = deps_.data, wanted, now = home().now().wall] {
    return core::result(data->sync_rooms(wanted, now));
  });
}

void catalog_shell::receive(core::open_direct& wanted, promise<core::room_entered> owed) {
  const core::generation_id fresh{home().of().random.next() >> 1};
  ask<core::room_entered>(owed, [data = deps_.data, wanted, fresh, now = home().now().wall] {
    return data->open_direct(wanted, fresh, now);
  });
}

void catalog_shell::receive(core::put_block& wanted, promise<core::blocks_changed> owed) {
  change_block(wanted.by, wanted.blocked, true, owed);
}

void catalog_shell::receive(core::lift_block& wanted, promise<core::blocks_changed> owed) {
  change_block(wanted.by, wanted.blocked, false, owed);
}

void catalog_shell::change_block(const core::user_id& by, const core::user_id& blocked, bool stands,
                                 promise<core::blocks_changed> owed) {
  deps_.store->call<core::blocks_changed>(
      *this, false, [data = deps_.data, by, blocked, stands] { return data->change_block(by, blocked, stands); },
      [this, owed, room = core::direct_room_of(by, blocked)](const core::result<core::blocks_changed>& given) mutable {
        if (!given) return owed.refuse(given.why());
        send(deps_.node, announce{core::roster_changed{room}});
        owed.keep(core::blocks_changed{});
      });
}

// ---- acts: their room does them, wherever it lives

void catalog_shell::receive(core::perform_act& wanted, promise<core::act_performed> owed) {
  using answer = core::result<core::room_info>;
  deps_.store->call<answer>(
      *this, false,
      [data = deps_.data, room = wanted.room, by = wanted.by, now = home().now().wall] {
        return data->find(room, by, now);
      },
      [this, owed, wanted](const core::result<answer>& found) mutable {
        if (!found) return owed.refuse(found.why());
        if (!*found) return owed.refuse(found->why());
        const auto number = ++last_act_;
        acts_.emplace(number, acting{std::move(wanted), askers_.add(owed), home().now().mono + act_patience});
        find_room(number);
      });
}

core::mono_time::duration catalog_shell::time_left(const acting& job) const {
  return std::max<core::mono_time::duration>(act_pause, job.deadline - home().now().mono);
}

void catalog_shell::find_room(std::uint64_t number) {
  const auto job = acts_.find(number);
  if (job == acts_.end()) return;
  request<room_found>(deps_.node, time_left(job->second), core::find_room{job->second.request.room},
                      [this, number](const core::result<room_found>& found) {
                        if (found) return ask_room(number, found->at);
                        act_failed(number, found.why(), false);
                      });
}

void catalog_shell::ask_room(std::uint64_t number, const handle<room_shell>& room) {
  const auto job = acts_.find(number);
  if (job == acts_.end()) return;
  if (!room) return act_failed(number, {ec::unavailable, {}, 1}, false);
  request<core::act_performed>(room, time_left(job->second), job->second.request,
                               [this, number](core::result<core::act_performed> done) {
                                 if (done) return finish(number, std::move(done));
                                 const auto why = done.why();
                                 const bool doubtful = why.code == ec::unavailable || why.code == ec::unknown_outcome;
                                 act_failed(number, why, doubtful);
                               });
}

void catalog_shell::act_failed(std::uint64_t number, const core::error& why, bool doubtful) {
  const auto job = acts_.find(number);
  if (job == acts_.end()) return;
  job->second.doubtful = job->second.doubtful || doubtful;
  const bool late = home().now().mono + act_pause >= job->second.deadline;
  if (late || !core::describe(why.code).retry || why.code == ec::overloaded)
    return finish(number, late && job->second.doubtful ? core::error{ec::unknown_outcome, {}, 1} : why);
  send_later(this, act_pause, act_again{number});
}

void catalog_shell::finish(std::uint64_t number, core::result<core::act_performed> outcome) {
  const auto job = acts_.extract(number);
  if (!job) return;
  if (outcome)
    askers_.keep(job.mapped().asker, std::move(*outcome));
  else
    askers_.refuse(job.mapped().asker, outcome.why());
}

}  // namespace greenroom::simulation
