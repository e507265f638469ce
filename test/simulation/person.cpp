#include "test/simulation/person.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/direct.hpp"

namespace greenroom::simulation {
namespace {

constexpr milliseconds shortest_pause{2}, longest_pause{300};
constexpr seconds longest_patience{12};  // shorter than the calm after the faults
constexpr std::uint64_t posts_of_a_device = 1'000'000;

}  // namespace

person::person(world& of, cluster& all, core::user_id user, std::vector<core::room_id> rooms, std::uint64_t device)
    : world_(of),
      cluster_(all),
      user_(std::move(user)),
      wanted_(std::move(rooms)),
      reads_back_(of.random.one_in(8)),
      last_post_(device * posts_of_a_device) {
  for (const auto& room : wanted_) {
    places_[room];
    pictures_.emplace(room, picture(user_));
  }
}

bool person::is_in(const core::room_id& room) const {
  const auto known = places_.find(room);
  return known != places_.end() && known->second.at == presence::in;
}

std::size_t person::unanswered() const {
  return static_cast<std::size_t>(
      std::count_if(mine_.begin(), mine_.end(), [&](const post& one) { return one.by_request || is_in(one.room); }));
}

// ---- what they do

void person::live() {
  world_.time.after(world_.random.between(shortest_pause, longest_pause), [this] {
    world_.count();
    act();
    live();
  });
}

void person::act() {
  if (at_ == phase::out)
    act_outside();
  else if (at_ == phase::in)
    act_inside();
}

void person::act_outside() {
  if (world_.time.now() < not_before_) return;
  if (token_)
    connect();
  else
    log_in();
}

void person::act_inside() {
  send_again();
  const auto& room = world_.random.pick(wanted_);
  if (calm_) {
    for (const auto& one : wanted_) {
      const auto& in = places_[one];
      if (at_ == phase::in && in.at == presence::out) join(one);
      if (in.at != presence::in || !in.pages.empty()) continue;
      if (const auto missing = pictures_.at(one).lacks(*in.after)) page(one, {}, *missing - 1, 50);
    }
    return;
  }
  if (!reads_) {
    if (world_.random.one_in(4)) reading(true);
    return;
  }
  switch (world_.random.below(80)) {
    case 0:
      return hang_up();
    case 1:
      return world_.random.one_in(3) ? log_out() : change_password();
    case 2:
    case 3:
      return reading(false);
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      return manage(room);
    default:
      return act_in(room);
  }
}

void person::act_in(const core::room_id& room) {
  auto& in = places_[room];
  auto& random = world_.random;
  if (in.at == presence::out) return join(room);
  if (in.at != presence::in || !in.plain.empty()) return send(room, true);
  if (random.one_in(in.role >= core::room_role::moderator ? 4 : 25)) return run(room);
  switch (random.below(36)) {
    case 0:
      in.at = presence::leaving;
      return speak(core::client_leave{room});
    case 1:
      return join(room);  // asks again, as if it had lost something
    case 2:
      return page(room, {}, core::seq_no{random.below(in.after->value + 1)}, 10);
    case 3:
      return page(room, *in.after + 1, {}, 10);
    case 4:
      return speak(core::client_typing{room});
    case 5:
    case 14:
    case 15:
      return read(room, random.one_in(2) ? *in.after : core::seq_no{random.below(in.after->value + 1)});
    case 8:
      return ask_for_rooms();
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
      return touch(room);
    case 6:
    case 7:
      return send(room, false);
    default:
      for (auto n = random.one_in(8) ? random.below(6) + 1 : 1; n > 0; --n) send(room, true);
  }
}

void person::reading(bool on) {
  reads_ = on;
  if (wire_) wire_->read(on);
}

// ---- coming in

cluster::member* person::some_node(bool part::*role) {
  std::vector<cluster::member*> all;
  for (auto& one : cluster_.members())
    if (one.plays.*role && one.home != nullptr) all.push_back(&one);
  return all.empty() ? nullptr : world_.random.pick(all);
}

void person::log_in() {
  auto* const at = some_node(&part::users);
  if (at == nullptr) return;
  at_ = phase::busy;
  core::log_in what{user_, user_.value, "a test", {"192.0.2.1", ""}};
  call<core::logged_in>(*at, at->door, what, [this](const core::result<core::logged_in>& answer) {
    at_ = phase::out;
    if (answer) token_ = core::token_hash{answer->token};
    not_before_ = world_.time.now() + milliseconds{200};
  });
}

void person::log_out() {
  auto* const at = some_node(&part::users);
  if (at == nullptr || !token_) return;
  call<core::session_ended>(*at, at->accounts, core::log_out{*token_}, [](const auto&) {});
}

void person::change_password() {
  auto* const at = some_node(&part::users);
  if (at == nullptr || !token_) return;
  call<core::password_changed>(*at, at->accounts, core::change_password{*token_, user_.value, user_.value},
                               [](const auto&) {});
}

void person::connect() {
  auto* const at = some_node(&part::edge);
  if (at == nullptr) return;
  at_ = phase::busy;
  if (world_.random.one_in(2)) return show(*at, admit_token{*token_});
  // By a ticket, which another node may have made.
  auto* const minter = some_node(&part::edge);
  call<ticket_minted>(*minter, minter->door, mint_ticket{*token_}, [this, at](core::result<ticket_minted> ticket) {
    if (ticket) return show(*at, redeem_ticket{std::move(ticket->ticket)});
    entered(ticket.why(), *token_);
  });
}

void person::show(cluster::member& at, std::variant<admit_token, redeem_ticket> what) {
  const auto open = std::make_shared<bool>(true);
  const auto end = [this, open, token = *token_](const core::result<std::shared_ptr<wire>>& answer) {
    if (std::exchange(*open, false)) return entered(answer, token);
    if (answer) (*answer)->hang_up(milliseconds{1});
  };
  world_.time.after(seconds{4}, [end] { end(core::ec::unavailable); });
  if (!at.alive()) return world_.time.after(milliseconds{20}, [end] { end(core::ec::unavailable); });
  const auto then = [this, end](const core::result<std::shared_ptr<wire>>& answer) {
    world_.time.after(world_.wire_time(), [end, answer] { end(answer); });
  };
  world_.time.after(world_.wire_time(), [home = at.home, edge = at.edge, what, then] {
    home->send(edge, {{}, 0, false, std::make_unique<statement<edge_shell, upgrade>>(upgrade{what, then})});
  });
}

void person::entered(core::result<std::shared_ptr<wire>> answer, core::token_hash token) {
  at_ = phase::out;
  if (!answer) {
    if (answer.code() == core::ec::invalid_token) token_.reset();
    not_before_ = world_.time.now() + world_.random.between(milliseconds{50}, seconds{1});
    return;
  }
  at_ = phase::in;
  reader_ = world_.check.next_reader();
  notices_.clear();
  wire_ = std::move(*answer);
  world_.say([&] { return user_.value + " is connected, as " + std::to_string(reader_.value); });
  world_.check.connected(reader_, user_, token);
  for (auto& one : mine_) {
    one.again = {};
    one.patience = first_patience;
  }
  wire_->use(this);
  reading(reads_);
}

// Nobody tells the edge: it hears of it sooner or later.
void person::hang_up() {
  if (!wire_) return;
  world_.say([&] { return user_.value + " hangs up"; });
  wire_->hang_up(world_.random.one_in(3) ? microseconds{seconds{2}} : microseconds{milliseconds{5}});
  lost();
}

void person::wire_lost() {
  world_.say([&] { return user_.value + " loses the connection"; });
  wire_->hang_up(milliseconds{5});
  lost();
}

void person::speak(core::client_command what) {
  GREENROOM_CHECK(connected());
  wire_->say(std::move(what));
}

void person::lost() {
  world_.check.hung_up(reader_);
  wire_.reset();
  reader_ = {};
  at_ = phase::out;
  not_before_ = world_.time.now() + world_.random.between(milliseconds{10}, milliseconds{500});
  for (auto& [room, in] : places_) {
    in.at = presence::out;
    in.plain.clear();
    in.pages.clear();
  }
}

// ---- what owners do

// Those who own nothing are refused, and try all the same. Names that begin with a d are of secret rooms, those with an
// h of rooms for the invited.
void person::manage(const core::room_id& room) {
  auto* const at = some_node(&part::chat);
  if (at == nullptr) return;
  if (core::nature_of(room) != core::room_nature::room) return meet(room);
  const auto& other = world_.random.pick(cluster_.people);
  switch (world_.random.below(12)) {
    case 0:
      return call<core::room_gone>(*at, at->catalog, core::delete_room{room, user_}, [](const auto&) {});
    case 1:
    case 2: {
      const auto first = room.value[0];
      const auto access = first == 'd'   ? core::room_access::secret
                          : first == 'h' ? core::room_access::invited
                                         : core::room_access::open;
      return call<core::room_entered>(*at, at->catalog, core::create_room{room, user_, access, {other}},
                                      [](const auto&) {});
    }
    case 3:
    case 4:
      return call<core::members_changed>(*at, at->catalog, core::join_members{room, user_}, [](const auto&) {});
    default:
      return run(room);
  }
}

// ---- rooms and posts

void person::join(const core::room_id& room) {
  auto& in = places_[room];
  if (world_.time.now() < in.again) return;
  if (!in.plain.empty()) {  // its answer isn't to be taken for the join's
    if (world_.time.now() > in.plain_since + seconds{12}) hang_up();
    return;
  }
  in.asks_again = in.at == presence::in;
  in.at = presence::joining;
  in.asked.reset();
  in.asked_of = {};
  in.asked_at = world_.time.now();
  core::client_join what{as_said(room), {}, {}};
  if (in.after && !world_.random.one_in(10)) {
    in.asked = what.after = in.after;
    what.generation = in.asked_of = in.log;
  }
  speak(what);
}

void person::send(const core::room_id& room, bool with_id) {
  const auto number = std::to_string(++last_post_);
  post said{room, with_id ? "id" + number : "", user_.value + " says " + number + some_mention()};
  if (world_.random.one_in(10)) said.kind = core::entry_kind::notice;
  if (!all_quiet_ && world_.random.one_in(10)) said.target = some_message(places_[room]);
  world_.check.posted(user_, room, said.client_id, said.text, said.kind, {}, said.target);
  speak(command_of(said));
  if (!with_id) {
    places_[room].plain = said.text;
    places_[room].plain_since = world_.time.now();
    return;
  }
  said.again = world_.time.now() + said.patience;
  mine_.push_back(std::move(said));
}

void person::say_something_everywhere() {
  for (auto& [room, in] : places_)
    if (in.at == presence::in) send(room, true);
}

void person::send_again() {
  for (auto& one : mine_) {
    if (world_.time.now() < one.again || (!one.by_request && !is_in(one.room))) continue;
    one.again = world_.time.now() + one.patience;
    one.patience = std::min(one.patience * 2, longest_patience);  // else a slow wire carries nothing but repetitions
    if (one.by_request)
      perform(one);
    else
      speak(command_of(one));
  }
}

core::client_send person::command_of(const post& what) {
  return {what.room, what.client_id, what.text, what.kind, what.act, what.target};
}

void person::settle(const core::room_id& room, const std::string& client_id) {
  std::erase_if(mine_, [&](const post& one) { return one.room == room && one.client_id == client_id; });
}

void person::left(const core::room_id& room) {
  world_.check.left(reader_, room);
  auto& in = places_[room];
  const bool asked_again = in.at == presence::joining && in.asks_again;
  in.at = presence::out;
  if (asked_again) hang_up();  // whether that join is still answered, nobody can tell
}

}  // namespace greenroom::simulation
