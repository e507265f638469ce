#include "test/simulation/connection_shell.hpp"

#include <algorithm>

#include "test/simulation/catalog_shell.hpp"
#include "test/simulation/marks_shell.hpp"
#include "test/simulation/node_shell.hpp"
#include "test/simulation/relay_shell.hpp"
#include "test/simulation/room_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds sweep_interval{1};
constexpr seconds leave_patience{1};

}  // namespace

connection_shell::connection_shell(process& home, actor_no number, deps with)
    : actor(home, number),
      machine_(std::move(with.user), with.limits, {}),
      id_(with.client->id()),
      client_(std::move(with.client)),
      node_(with.node),
      marks_(with.marks) {}

// ---- effects

void connection_shell::carry_out(core::connection_effects out) {
  for (auto& one : out.tell) tell_room(one.room, std::move(one.what));
  for (const auto& room : out.unlisten) unlisten_to(room);
  for (auto& what : out.enter) enter(std::move(what));
  for (const auto& room : out.find_relay) find_relay_of(room);
  for (const auto& [room, from] : out.listen)
    if (const auto route = routes_.find(room); route != routes_.end())
      send(route->second.relay, listen{id_, machine_.user(), from, self(this)});
  for (auto& what : out.history) read_page(std::move(what));
  for (auto& what : out.sync) read_rooms(std::move(what));
  store_marks(out);
  for (const auto& event : out.say) say(event);
  for (const auto& [topic, gap] : out.gaps)
    client_->send_gap(topic, {gap.from, gap.to}, make_frame(gap_frame{gap.room, gap.from, gap.to}));
  for (auto& [room, entry] : out.repeated) client_->send(make_frame(message_frame{room, std::move(entry), true}));
  if (out.return_room > 0) client_->return_room(out.return_room);
  if (out.ask_room) client_->ask_room(*out.ask_room);
  if (out.release > 0) client_->release(out.release);
  if (out.close != ec::none) return hang_up(out.close);
  leave_if_answered();
  if (!ended() && machine_.must_be_swept() && !std::exchange(sweeping_, true))
    send_later(this, sweep_interval, sweep_tick{});
}

void connection_shell::say(const core::client_event& event) {
  if (const auto* error = std::get_if<core::error_event>(&event))
    client_->send(make_frame(error_frame{error->why, error->room, error->client_id}));
  else if (const auto* gone = std::get_if<core::gone_event>(&event))
    client_->send(make_frame(gone_frame{gone->room, gone->reason, gone->because ? *gone->because : core::sanction{}}));
  else if (const auto* unchanged = std::get_if<core::unchanged_event>(&event))
    client_->send(make_frame(unchanged_frame{unchanged->room, unchanged->client_id}));
  else if (const auto* left = std::get_if<core::left_event>(&event))
    client_->send(make_frame(left_frame{left->room}));
  else
    client_->send(make_frame(other_frame{}));
}

void connection_shell::tell_room(const core::room_id& room, core::room_message::content what) {
  const auto route = routes_.find(room);
  if (route == routes_.end() || !route->second.room) return;
  const auto& to = route->second.room;
  if (auto* const posts = std::get_if<std::vector<core::post>>(&what))
    send(to, core::post_batch{machine_.user(), id_, std::move(*posts)});
  else if (const auto* typing = std::get_if<core::note_typing>(&what))
    send(to, *typing);
  else
    send(to, std::get<core::note_read>(what));
}

void connection_shell::unlisten_to(const core::room_id& room) {
  const auto route = routes_.find(room);
  if (route == routes_.end()) return;
  demonitor(route->second.relay);
  send(route->second.relay, unlisten{id_});
  routes_.erase(route);
}

// ---- the catalog and the node

void connection_shell::enter(core::enter_room what) {
  const auto room = what.room;
  request<core::room_entered>(node_, seconds{5}, ask_catalog<core::enter_room>{std::move(what)},
                              [this, room](const core::result<core::room_entered>& answer) {
                                carry_out(machine_.entered(room, answer, home().now()));
                              });
}

void connection_shell::read_page(core::read_history what) {
  const auto room = what.room;
  request<core::history_page>(node_, seconds{5}, ask_catalog<core::read_history>{std::move(what)},
                              [this, room](core::result<core::history_page> answer) {
                                client_->send(answer ? make_frame(history_frame{room, std::move(*answer)})
                                                     : make_frame(error_frame{answer.why(), room, "history"}));
                                carry_out(machine_.history_read());
                              });
}

void connection_shell::read_rooms(core::sync_rooms what) {
  request<core::rooms_synced>(node_, seconds{5}, ask_catalog<core::sync_rooms>{std::move(what)},
                              [this](core::result<core::rooms_synced> answer) {
                                client_->send(answer ? make_frame(synced_frame{std::move(*answer)})
                                                     : make_frame(error_frame{answer.why(), {}, {}}));
                                carry_out(machine_.history_read());
                              });
}

void connection_shell::store_marks(core::connection_effects& out) {
  if (!out.marks.empty()) send(marks_, note_marks{machine_.user(), id_, std::move(out.marks)});
}

void connection_shell::find_relay_of(const core::room_id& room) {
  request<handle<relay_shell>>(node_, std::nullopt, find_relay{room},
                               [this, room](const core::result<handle<relay_shell>>& relay) {
                                 if (relay) {
                                   routes_[room] = {*relay, {}};
                                   monitor(*relay);
                                 }
                                 carry_out(machine_.relay_found(room, relay.code(), home().now()));
                               });
}

// ---- the end

void connection_shell::leave_all() {
  auto last = machine_.ended();
  store_marks(last);
  for (const auto& [room, route] : routes_) send(route.relay, unlisten{id_});
  quit();
}

void connection_shell::hang_up(ec why) {
  client_->close(why);
  leave_all();
}

void connection_shell::leave_if_answered() {
  if (leaving_ && !machine_.busy()) hang_up(ec::draining);
}

void connection_shell::receive(socket_closed&) { leave_all(); }

void connection_shell::receive(end_connection& end) {
  if (end.why != ec::draining || leaving_) return hang_up(end.why);
  leaving_ = true;
  leave_if_answered();
  if (!ended()) send_later(this, leave_patience, end);
}

// ---- messages

void connection_shell::receive(core::posts_answered& answers) { carry_out(machine_.answered(answers, home().now())); }

void connection_shell::receive(commands_received& read) {
  const auto now = home().now();
  core::connection_effects out;
  for (auto& command : read.commands) {
    if (const auto* post = std::get_if<core::client_send>(&command); post != nullptr && leaving_)
      command = core::client_mistake{{ec::draining, {}, 1}, post->client_id, post->room};
    out = machine_.command(std::move(command), now, std::move(out));
  }
  carry_out(std::move(out));
}

void connection_shell::receive(entries_missed& gap) { carry_out(machine_.missed(gap.topic, gap.from, gap.to)); }

void connection_shell::receive(outbox_roomy&) { carry_out(machine_.roomy(home().now())); }

void connection_shell::receive(room_ready& told) {
  const auto route = routes_.find(told.room);
  if (route == routes_.end()) return;
  const bool moved = told.again && route->second.room;
  if (told.refused.code == ec::none) {
    route->second.room = told.at;
  } else {
    demonitor(route->second.relay);
    routes_.erase(route);
  }
  carry_out(machine_.ready(told.room, told.topic, moved, told.refused, home().now()));
}

void connection_shell::receive(core::user_news& news) {
  if (!news.but || news.but != id_) client_->hint(make_frame(news_frame{std::move(news)}));
}

void connection_shell::receive(sweep_tick&) {
  sweeping_ = false;
  carry_out(machine_.sweep(home().now()));
}

void connection_shell::down(const address& source) {
  const auto route =
      std::find_if(routes_.begin(), routes_.end(), [&](const auto& one) { return one.second.relay == source; });
  if (route == routes_.end()) return;
  const auto room = route->first;
  routes_.erase(route);
  carry_out(machine_.relay_lost(room, home().now()));
}

}  // namespace greenroom::simulation
