#include "actors/connection_talk.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/guarded.hpp"
#include "actors/secrets.hpp"

namespace greenroom::actors {
namespace {

using protocol::talk_answer;

constexpr auto talk_ask_timeout = std::chrono::seconds(5);
constexpr auto talk_login_timeout = std::chrono::seconds(20);  // hashes may queue

core::instant talk_now(connection_pointer self) { return self->state.ground->clock->now(); }

void perform(connection_pointer self, protocol::talk_effects out);
void take_turns(connection_pointer self);

void answer_talk(connection_pointer self, std::uint64_t number, const core::result<talk_answer>& answer) {
  guarded("connection", [&] {
    perform(self, self->state.talk->answered(number, answer, talk_now(self)));
    take_turns(self);
  });
}

/// How a question that fails is answered.
auto refusal(connection_pointer self, std::uint64_t number) {
  return [self, number](const caf::error& why) { answer_talk(self, number, from_caf(why)); };
}

template <class Reply, class Handle, class Request>
void ask_for_talk(connection_pointer self, std::uint64_t number, const Handle& whom, Request request) {
  self->request(whom, talk_ask_timeout, std::move(request))
      .then([self, number](Reply& reply) { answer_talk(self, number, talk_answer{std::move(reply)}); },
            refusal(self, number));
}

// The users role may be on another node.
template <class Use>
void with_accounts(connection_pointer self, std::uint64_t number, Use use) {
  self->request(self->state.ground->node, talk_ask_timeout, find_accounts{})
      .then([use](const accounts_actor& accounts) { use(accounts); }, refusal(self, number));
}

// The session that the password opened isn't needed any more.
void judge_admin(connection_pointer self, std::uint64_t number, const accounts_actor& accounts,
                 const core::logged_in& proved) {
  self->request(accounts, talk_ask_timeout, core::check_token{token_hash_of(proved.token), false})
      .then(
          [self, number, accounts, proved](const core::token_checked& who) {
            caf::anon_send(accounts, core::log_out{token_hash_of(proved.token), {self->state.address, {}}});
            if (who.admin) return answer_talk(self, number, talk_answer{protocol::admin_proved{proved.user}});
            answer_talk(self, number, core::error{ec::forbidden, {}, 0});
          },
          refusal(self, number));
}

void prove(connection_pointer self, std::uint64_t number, const protocol::prove_admin& what) {
  core::log_in request{what.user, what.password, self->state.address + " IRC OPER", {self->state.address, {}}, false};
  with_accounts(self, number, [self, number, request](const accounts_actor& accounts) {
    self->request(accounts, talk_login_timeout, request)
        .then([self, number, accounts](const core::logged_in& proved) { judge_admin(self, number, accounts, proved); },
              refusal(self, number));
  });
}

/// Sends a talk's question to whom it is for.
struct talk_asker {
  connection_pointer self;
  std::uint64_t number;

  [[nodiscard]] const entrance_actor& catalog() const { return self->state.ground->catalog; }

  void operator()(core::enter_room& what) const {
    ask_for_talk<core::room_entered>(self, number, catalog(), std::move(what));
  }
  void operator()(core::open_direct& what) const {
    ask_for_talk<core::room_entered>(self, number, catalog(), std::move(what));
  }
  void operator()(core::list_rooms& what) const {
    ask_for_talk<core::room_list>(self, number, catalog(), std::move(what));
  }
  void operator()(core::list_members& what) const {
    ask_for_talk<core::member_list>(self, number, catalog(), std::move(what));
  }
  void operator()(core::find_time& what) const {
    ask_for_talk<core::time_found>(self, number, catalog(), std::move(what));
  }
  void operator()(core::list_recent& what) const {
    ask_for_talk<core::recent_rooms>(self, number, catalog(), std::move(what));
  }
  void operator()(core::read_history& what) const {
    ask_for_talk<core::history_page>(self, number, catalog(), std::move(what));
  }
  void operator()(core::find_mark& what) const {
    ask_for_talk<core::mark_found>(self, number, catalog(), std::move(what));
  }
  void operator()(core::find_device& what) const {
    ask_for_talk<core::device_found>(self, number, catalog(), std::move(what));
  }
  void operator()(core::note_device& what) const {
    ask_for_talk<core::device_noted>(self, number, catalog(), std::move(what));
  }
  void operator()(core::list_sanctions& what) const {
    ask_for_talk<core::sanction_list>(self, number, catalog(), std::move(what));
  }
  void operator()(core::find_users& what) const {
    with_accounts(self, number, [me = self, asked = number, what](const accounts_actor& accounts) {
      ask_for_talk<core::users_found>(me, asked, accounts, what);
    });
  }
  void operator()(core::who_is& what) const {
    ask_for_talk<core::who_are>(self, number, self->state.ground->node, std::move(what));
  }
  void operator()(core::count_people& what) const {
    ask_for_talk<core::people_counted>(self, number, self->state.ground->node, std::move(what));
  }
  void operator()(core::perform_act& what) const {
    ask_for_talk<core::act_performed>(self, number, catalog(), std::move(what));
  }
  void operator()(protocol::prove_admin& what) const { prove(self, number, what); }
  void operator()(core::invite_person& what) const {
    const auto route = self->state.routes.find(what.room);
    if (route == self->state.routes.end()) return answer_talk(self, number, core::error{ec::not_joined, {}, 0});
    if (!route->second.room) return answer_talk(self, number, core::error{ec::unavailable, {}, 1});
    ask_for_talk<core::person_invited>(self, number, route->second.room, std::move(what));
  }
  void operator()(protocol::names_here& what) const {
    const auto route = self->state.routes.find(what.room);
    if (route == self->state.routes.end()) return answer_talk(self, number, core::error{ec::not_joined, {}, 0});
    self->request(route->second.relay, talk_ask_timeout, who_is_here{})
        .then([me = self,
               number = number](people_here& here) { answer_talk(me, number, talk_answer{std::move(here.members)}); },
              refusal(self, number));
  }
};

/// Carries out one effect of a talk.
struct talk_shell {
  connection_pointer self;

  template <class Message>
  void to_relay(const core::room_id& room, Message what) const {
    const auto route = self->state.routes.find(room);
    if (route != self->state.routes.end()) self->send(route->second.relay, std::move(what));
  }

  void operator()(protocol::talk_effect::say& what) const { self->state.client->send(std::move(what.frames)); }
  void operator()(protocol::talk_effect::command& what) const {
    carry_out(self, self->state.machine->command(std::move(what.what), talk_now(self)));
  }
  void operator()(protocol::talk_effect::expect& what) const {
    to_relay(what.room, expect_post{self->state.id, std::move(what.id), std::move(what.tag), std::move(what.value)});
  }
  void operator()(protocol::talk_effect::ask& what) const { std::visit(talk_asker{self, what.number}, what.what); }
  void operator()(protocol::talk_effect::open& what) const {
    to_relay(what.room, open_room_for{self->state.id, std::move(what.frames), what.next});
  }
  void operator()(protocol::talk_effect::hear& what) const {
    auto& st = self->state;
    st.voice = st.voice_of(what.with);
    st.own = std::make_shared<const protocol::own_words>(std::move(what.own));
    for (const auto& [room, route] : st.routes) self->send(route.relay, hear_otherwise{st.id, st.voice, st.own});
  }
  void operator()(protocol::talk_effect::release& what) const { self->state.client->release(what.count); }
  void operator()(protocol::talk_effect::look& what) const {
    if (self->state.session) self->send(self->state.session, describe_connection{std::move(what.face)});
  }
  void operator()(protocol::talk_effect::tell& what) const {
    self->send(self->state.ground->node, std::move(what.what));
  }
  void operator()(protocol::talk_effect::watch& what) const {
    self->send(self->state.ground->node, watch_people{std::move(what.begin), std::move(what.end)},
               local_connection_actor(self));
  }
  void operator()(protocol::talk_effect::close& what) const {
    self->send(self, end_connection{what.why, std::move(what.reason)});
  }
};

void perform(connection_pointer self, protocol::talk_effects out) {
  for (auto& one : out) std::visit(talk_shell{self}, one);
}

// Frames wait where an earlier one isn't dealt with yet, and where their limit has no room: IRC clients don't send
// again what was refused.
void take_turns(connection_pointer self) {
  auto& st = self->state;
  if (st.paced || st.leaving || std::exchange(st.in_turns, true)) return;
  while (const auto counted = st.talk->next()) {
    const auto verdict = st.ground->rates->take(*counted, st.machine->user().value, 1);
    if (!verdict.allowed) {
      const auto at = talk_now(self).mono;
      if (!st.behind_since) st.behind_since = at;
      if (at - *st.behind_since >= st.ground->behind) {
        self->send(self, end_connection{ec::rate_limited, "Excess flood"});
        break;
      }
      st.paced = true;
      self->delayed_send(self, std::chrono::seconds(verdict.retry_after_s), flush_tick::value);
      break;
    }
    perform(self, st.talk->go_on(talk_now(self)));
  }
  st.in_turns = false;
  if (!st.talk->has_frames()) st.behind_since.reset();
}

void then_turns(connection_pointer self, protocol::talk_effects out) {
  perform(self, std::move(out));
  take_turns(self);
}

}  // namespace

void begin_talk(connection_pointer self) { then_turns(self, self->state.talk->arrived(talk_now(self))); }

void end_talk(connection_pointer self, bool by_us) {
  auto out = self->state.talk->ended(by_us, talk_now(self));
  for (auto& one : out)
    if (auto* const ask = std::get_if<protocol::talk_effect::ask>(&one)) talk_shell{self}(*ask);
}

void hear_frames(connection_pointer self, const std::vector<std::string>& frames) {
  for (const auto& frame : frames) self->state.talk->frame(frame);
  take_turns(self);
  carry_out(self, core::connection_effects{});  // may have to be swept from now on
}

void go_on_with_talk(connection_pointer self) {
  self->state.paced = false;
  if (self->state.talk) take_turns(self);
}

void tell_talk(connection_pointer self, const core::client_event& event) {
  then_turns(self, self->state.talk->event(event, talk_now(self)));
}

void talk_stored(connection_pointer self, const core::room_id& room, const std::string& id, core::seq_no seq) {
  then_turns(self, self->state.talk->stored(room, id, seq, talk_now(self)));
}

void talk_ready(connection_pointer self, const room_ready& told) {
  auto& talk = *self->state.talk;
  if (told.refused.code != ec::none) return then_turns(self, talk.out_of(told.room, told.refused, talk_now(self)));
  if (told.joined) then_turns(self, talk.joined(told.room, *told.joined, talk_now(self)));
}

void talk_told(connection_pointer self, const hubs_told& told) {
  auto& talk = *self->state.talk;
  const auto at = talk_now(self);
  switch (told.of) {
    case hubs_told::what::opened:
      return then_turns(self, talk.opened(told.room, at));
    case hubs_told::what::left:
      return then_turns(self, talk.left(told.room, at));
    case hubs_told::what::posts:
      return then_turns(self, talk.told(told.room, told.upto, at));
  }
}

void talk_saw(connection_pointer self, const core::user_seen& what) {
  then_turns(self, self->state.talk->seen(what, talk_now(self)));
}

void tick_talk(connection_pointer self) { then_turns(self, self->state.talk->tick(talk_now(self))); }

}  // namespace greenroom::actors
