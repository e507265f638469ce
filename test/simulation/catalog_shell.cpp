#include "test/simulation/catalog_shell.hpp"

#include <algorithm>

#include "test/simulation/node_shell.hpp"
#include "test/simulation/room_shell.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

constexpr core::milliseconds change_patience{4500}, change_pause{100};

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
  ask<core::room_entered>(owed, [data = deps_.data, visit, fresh] { return data->enter(visit, fresh); });
}

void catalog_shell::receive(core::create_room& wanted, promise<core::room_entered> owed) {
  const core::generation_id fresh{home().of().random.next() >> 1};
  ask<core::room_entered>(owed, [data = deps_.data, wanted, fresh] { return data->create(wanted, fresh); });
}

void catalog_shell::receive(core::read_history& wanted, promise<core::history_page> owed) {
  ask<core::history_page>(owed, [data = deps_.data, wanted] { return data->read_history(wanted); });
}

void catalog_shell::receive(core::read_heads& wanted, promise<core::room_heads> owed) {
  ask<core::room_heads>(owed, [data = deps_.data, wanted] { return core::result(data->read_heads(wanted)); });
}

void catalog_shell::receive(core::delete_room& wanted, promise<core::room_gone> owed) {
  using answer = core::status;
  deps_.store->call<answer>(
      *this, false, [data = deps_.data, wanted] { return data->delete_room(wanted); },
      [this, owed, room = wanted.room](core::result<answer> given) mutable {
        const auto why = given ? given->code() : given.code();
        if (why != ec::none) return owed.refuse({why, {}, 0});
        send(deps_.node, announce{core::room_gone{room, ec::gone}});
        owed.keep(core::room_gone{room, ec::gone});
      });
}

// ---- members of private rooms

void catalog_shell::receive(core::add_member& wanted, promise<core::members_changed> owed) {
  change_members(wanted, owed);
}

void catalog_shell::receive(core::remove_member& wanted, promise<core::members_changed> owed) {
  change_members(wanted, owed);
}

template <class Request>
void catalog_shell::change_members(Request& wanted, promise<core::members_changed> owed) {
  using answer = core::result<core::room_info>;
  deps_.store->call<answer>(
      *this, false, [data = deps_.data, wanted] { return data->find(wanted.room, wanted.by); },
      [this, owed, wanted](const core::result<answer>& found) mutable {
        if (!found) return owed.refuse(found.why());
        if (!*found) return owed.refuse(found->why());
        if (!(*found)->is_private) return owed.refuse({ec::conflict, {}, 0});
        const auto number = ++last_change_;
        changes_.emplace(number, changing{std::move(wanted), askers_.add(owed), home().now().mono + change_patience});
        find_room(number);
      });
}

core::mono_time::duration catalog_shell::time_left(const changing& job) const {
  return std::max<core::mono_time::duration>(change_pause, job.deadline - home().now().mono);
}

void catalog_shell::find_room(std::uint64_t number) {
  const auto job = changes_.find(number);
  if (job == changes_.end()) return;
  const auto room = std::visit([](const auto& one) { return one.room; }, job->second.request);
  request<room_found>(deps_.node, time_left(job->second), core::find_room{room},
                      [this, number](const core::result<room_found>& found) {
                        if (found) return ask_room(number, found->at);
                        change_failed(number, found.why(), false);
                      });
}

void catalog_shell::ask_room(std::uint64_t number, const handle<room_shell>& room) {
  const auto job = changes_.find(number);
  if (job == changes_.end()) return;
  if (!room) return change_failed(number, {ec::unavailable, {}, 1}, false);
  std::visit(
      [&](const auto& what) {
        request<core::members_changed>(
            room, time_left(job->second), what, [this, number](const core::result<core::members_changed>& done) {
              if (done) return finish(number, {ec::none, {}, 0});
              const auto why = done.why();
              const bool doubtful = why.code == ec::unavailable || why.code == ec::unknown_outcome;
              change_failed(number, why, doubtful);
            });
      },
      job->second.request);
}

void catalog_shell::change_failed(std::uint64_t number, const core::error& why, bool doubtful) {
  const auto job = changes_.find(number);
  if (job == changes_.end()) return;
  job->second.doubtful = job->second.doubtful || doubtful;
  const bool late = home().now().mono + change_pause >= job->second.deadline;
  if (late || !core::describe(why.code).retry || why.code == ec::overloaded)
    return finish(number, late && job->second.doubtful ? core::error{ec::unknown_outcome, {}, 1} : why);
  send_later(this, change_pause, members_again{number});
}

void catalog_shell::finish(std::uint64_t number, const core::error& why) {
  const auto job = changes_.extract(number);
  if (!job) return;
  const bool done = why.code == ec::none || (job.mapped().doubtful && why.code == ec::not_found);
  if (done)
    askers_.keep(job.mapped().asker, core::members_changed{});
  else
    askers_.refuse(job.mapped().asker, why);
}

}  // namespace greenroom::simulation
