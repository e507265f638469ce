#include "edge/irc_arrival.hpp"

#include <boost/asio/post.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <utility>

#include "actors/secrets.hpp"
#include "core/names.hpp"
#include "edge/webirc.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/irc_dialect.hpp"
#include "protocol/irc/speaker.hpp"

namespace greenroom::edge {
namespace {

namespace irc = protocol::irc;
using core::ec;
using namespace std::chrono_literals;

constexpr auto irc_ask_timeout = 5s;
constexpr auto irc_login_timeout = 20s;  // hashes may queue
constexpr std::size_t max_client_words = 160;

const irc::irc_dialect& the_dialect() {
  static const irc::irc_dialect one;
  return one;
}

}  // namespace

irc_arrival::irc_arrival(std::shared_ptr<irc_arrivals> home, irc_client who, std::shared_ptr<net::client_socket> socket,
                         core::connection_id id, const irc::sign_on_settings& rules,
                         std::optional<actors::admitted> grant)
    : home_(std::move(home)),
      who_(std::move(who)),
      socket_(std::move(socket)),
      id_(id),
      context_(home_->deps.hub->pool().context(net::io_pool::slot_of(id))),
      timer_(context_),
      rules_(&rules),
      grant_(std::move(grant)) {
  machine_.emplace(rules, home_->settings.face, home_->deps.clock->now().mono,
                   grant_ ? grant_->who.user : core::user_id{});
}

void irc_arrival::begin() {
  wait();
  if (grant_) (void)has_place(grant_->who.user);
}

// Where the account has too many connections, this one ends.
bool irc_arrival::has_place(const core::user_id& user) {
  give_up_place();
  const auto most = home_->settings.per_account;
  if (!home_->crowd->count_in(user, most)) {
    end("Your account has " + std::to_string(most) + " connections here, and may have no more");
    return false;
  }
  placed_ = user;
  return true;
}

void irc_arrival::give_up_place() {
  if (!placed_.value.empty()) home_->crowd->count_out(std::exchange(placed_, {}));
}

// Once more whenever the deadline has moved.
void irc_arrival::wait() {
  timer_.expires_at(machine_->deadline());
  timer_.async_wait([me = shared_from_this()](boost::system::error_code cancelled) {
    if (cancelled || me->over_ || me->actor_) return;
    if (me->home_->deps.clock->now().mono < me->machine_->deadline()) return me->wait();
    if (me->machine_->waiting()) {  // its answer comes soon
      me->timer_.expires_after(1s);
      return me->timer_.async_wait([me](boost::system::error_code gone) {
        if (!gone && !me->over_ && !me->actor_) me->wait();
      });
    }
    me->carry_out(me->machine_->late(me->home_->deps.clock->now().mono));
  });
}

irc::sign_on_moment irc_arrival::moment() const { return {home_->deps.clock->now(), home_->counts()}; }

void irc_arrival::received(std::vector<std::string> frames) {
  if (actor_) return caf::anon_send(actor_, actors::frames_received{std::move(frames)});
  for (auto& one : frames) waiting_.push_back(std::move(one));
  go_on();
}

void irc_arrival::go_on() {
  while (!waiting_.empty() && !over_ && !actor_ && !machine_->waiting()) {
    const auto line = std::move(waiting_.front());
    waiting_.pop_front();
    socket_->release(1);
    const auto got = irc::judge(line);
    if (got.judged == irc::verdict::command) home_->metrics.heard(got.what.command);
    if (!std::exchange(heard_, true) && got.what.is("WEBIRC") && !home_->settings.gateways.empty())
      announced(got.what);
    else
      carry_out(machine_->heard(got, moment()));
  }
}

// A gateway has said for whom it is: from now on that is the client, as if it had come by itself.
void irc_arrival::announced(const irc::line& what) {
  const auto said = announced_by(what, who_.peer, home_->settings.gateways);
  if (!said) return end("You may not say WEBIRC");
  const bool is_local = net::is_loopback(said->address);
  const auto key = net::address_key(said->address);
  if (!who_.admitted.count_as(said->address) || !home_->count_in(key, is_local))
    return end("Too many connections come from your address");
  home_->count_out(std::exchange(who_.key, key));
  who_.address = net::address_text(said->address);
  who_.secure = who_.secure && said->secure;
  rules_ = &home_->rules(who_.secure, is_local);
  machine_.emplace(*rules_, home_->settings.face, home_->deps.clock->now().mono);
}

void irc_arrival::say(const std::vector<std::string>& lines) {
  if (!lines.empty() && socket_) socket_->send(protocol::framed(lines, who_.how));
}

void irc_arrival::end(std::string_view why) {
  over_ = true;
  say({"ERROR :" + std::string(why)});
  socket_->close(ec::none, {});
}

void irc_arrival::drain() {
  if (over_ || !socket_) return;
  std::vector<std::string> lines;
  irc::speaker(home_->settings.face.name, "*", lines)
      .say("NOTE", {"*", "DRAINING"}, "This server restarts; come back when the connection ends.");
  say(lines);
  if (actor_) return;  // closed in its turn
  over_ = true;
  socket_->close(ec::draining, "restarting");
}

void irc_arrival::carry_out(irc::sign_on_effects out) {
  if (over_) return;
  say(out.say);
  if (out.close) {
    over_ = true;
    return socket_->close(ec::none, {});
  }
  if (out.ask) std::visit([this](const auto& question) { ask(question); }, *out.ask);
  if (out.done) let_in(std::move(*out.done));
}

// ---- questions to the users role -------------------------------------------------------------------------------

// Counts an attempt; false where it was one too many, and has its answer.
bool irc_arrival::may_try() {
  const auto verdict = home_->deps.limits->take(core::limit_class::auth, who_.key, 1);
  if (!verdict.allowed) answered(core::error{ec::rate_limited, {}, verdict.retry_after_s});
  return verdict.allowed;
}

// An exchange of SCRAM was counted when it began.
void irc_arrival::ask(const irc::sign_in& what) {
  const auto& deps = home_->deps;
  if (what.proof.proof.empty() && !may_try()) return;
  if (what.with_token) return admit(what.whom.password);
  core::log_in request{
      {what.whom.user}, what.whom.password, (who_.address + " IRC").substr(0, max_client_words), origin(), true,
      what.proof};
  deps.asker.ask<core::logged_in>(deps.door, irc_login_timeout, std::move(request),
                                  [me = shared_from_this()](core::result<core::logged_in> answer) {
                                    boost::asio::post(me->context_, [me, answer = std::move(answer)]() mutable {
                                      if (!answer) return me->answered(answer.why());
                                      me->admit(answer->token, std::move(answer->scram_signature));
                                    });
                                  });
}

void irc_arrival::admit(const std::string& token, std::string signature) {
  const auto& deps = home_->deps;
  deps.asker.ask<actors::admitted>(
      deps.door, irc_ask_timeout, actors::admit_token{token},
      [me = shared_from_this(), signature = std::move(signature)](core::result<actors::admitted> answer) {
        boost::asio::post(me->context_, [me, signature, answer = std::move(answer)]() mutable {
          if (!answer) return me->answered(answer.why());
          if (me->over_ || !me->has_place(answer->who.user)) return;
          me->grant_ = std::move(*answer);
          me->answered(irc::account_answer{me->grant_->who.user, signature, {}});
        });
      });
}

template <class Reply, class Request, class Read>
void irc_arrival::ask_accounts(std::chrono::milliseconds patience, Request request, Read read) {
  const auto& deps = home_->deps;
  const auto told = [me = shared_from_this()](core::result<irc::account_answer> answer) {
    boost::asio::post(me->context_, [me, answer = std::move(answer)]() mutable { me->answered(std::move(answer)); });
  };
  deps.asker.ask<actors::accounts_actor>(
      deps.node, irc_ask_timeout, actors::find_accounts{},
      [asker = deps.asker, patience, request, read, told](core::result<actors::accounts_actor> accounts) {
        if (!accounts) return told(accounts.why());
        asker.ask<Reply>(*accounts, patience, request,
                         [read, told](const core::result<Reply>& got) { got ? told(read(*got)) : told(got.why()); });
      });
}

void irc_arrival::ask(const irc::make_account& what) {
  if (!may_try()) return;
  if (const auto good = core::check_password(what.password, home_->settings.min_password_bytes); !good)
    return answered(good.why());
  ask_accounts<core::user_registered>(irc_login_timeout, core::register_user{what.user, what.password, origin()},
                                      [](const core::user_registered& made) {
                                        return irc::account_answer{made.user, {}, {}};
                                      });
}

void irc_arrival::ask(const core::find_scram& what) {
  if (!may_try()) return;
  ask_accounts<core::scram_found>(irc_ask_timeout, what, [](const core::scram_found& found) {
    return irc::account_answer{{}, {}, found};
  });
}

void irc_arrival::answered(core::result<irc::account_answer> answer) {
  if (over_ || !machine_->waiting()) return;
  carry_out(machine_->answered(answer, moment()));
  go_on();
}

// ---- in --------------------------------------------------------------------------------------------------------

void irc_arrival::let_in(irc::signed_on who) {
  const auto& home = *home_;
  const auto user = who.user;
  neighbour_ =
      std::make_shared<irc_neighbour>(home.crowd, id_, socket_, irc::past_person{user, who.ident, who.realname, {}});
  const auto counts = [shared = home_] { return shared->counts(); };
  auto talk = std::make_shared<irc::conversation>(
      irc::conversation_ground{
          &home.settings.face, &rules_->offer, counts, who_.how, who_.secure, home.began, who_.address,
          [shared = home_](std::string_view command) { shared->metrics.heard(command); }, neighbour_},
      std::move(who), actors::random_number(), home.deps.clock->now());
  const auto hearing = talk->hearing();
  auto face = talk->face();
  actor_ = home.deps.let_in->open({socket_, id_, user, &the_dialect(), hearing, who_.how, talk,
                                   grant_ ? grant_->session : actors::session_actor{}, who_.address});
  if (grant_) caf::anon_send(grant_->session, actors::attach_connection{grant_->token}, actor_);
  if (grant_) caf::send_as(actor_, grant_->session, actors::describe_connection{std::move(face)});
  home_->count_out(who_.key);
  counted_ = false;
  timer_.cancel();
  if (waiting_.empty()) return;
  caf::anon_send(actor_, actors::frames_received{
                             {std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end())}});
  waiting_.clear();
}

void irc_arrival::missed(core::topic_id topic, core::seq_no from, core::seq_no to) {
  if (actor_) caf::anon_send(actor_, actors::entries_missed{topic, from, to});
}

void irc_arrival::roomy() {
  if (actor_) caf::anon_send(actor_, actors::outbox_roomy{});
}

void irc_arrival::closed() {
  over_ = true;
  timer_.cancel();
  waiting_.clear();
  home_->forget(id_);
  who_.admitted = {};
  if (std::exchange(counted_, false)) home_->count_out(who_.key);
  give_up_place();
  if (actor_) {
    caf::anon_send(actor_, actors::socket_closed{});
    home_->deps.let_in->closed(id_);
    if (neighbour_) neighbour_->leave(home_->deps.clock->now().wall);
  }
  socket_.reset();
}

}  // namespace greenroom::edge
