#include "test/simulation/process.hpp"

#include <algorithm>

#include "test/simulation/world.hpp"

namespace greenroom::simulation {

process::process(world& of, core::node_name name, core::incarnation_id life)
    : world_(of),
      name_(std::move(name)),
      life_(life),
      wall_error_(static_cast<core::milliseconds::rep>(of.random.below(400)) - 200) {}

process::~process() = default;

actor_no process::next_number() { return world_.next_number(); }

void process::adopt(std::unique_ptr<actor> made) {
  auto& who = *made;
  actors_.push_back(who.number());
  world_.add(std::move(made));
  if (!who.mailbox_.empty()) schedule(who);
}

core::instant process::now() const {
  const auto now = world_.time.now();
  const auto since = std::chrono::duration_cast<core::milliseconds>(now.time_since_epoch());
  return {core::wall_time{since + wall_error_}, now};
}

// ---- letters

void process::send(const address& to, letter what) {
  if (!alive_ || !to) return;
  if (!to.via) return deliver(to.actor, std::move(what));
  auto* const end = world_.net.find(to.via);
  if (&end->home() == this && end->leads_to(to.actor)) end->send(to.actor, std::move(what));
}

void process::deliver(actor_no to, letter what) {
  auto* const who = world_.find(to);
  if (who == nullptr) {
    if (what.question != 0 && !what.is_answer)
      send(what.from,
           {{}, what.question, true, std::make_unique<no_answer>(core::error{core::ec::unavailable, {}, 0})});
    return;
  }
  who->mailbox_.push_back(std::move(what));
  schedule(*who);
}

void process::send_later(core::mono_time::duration wait, const address& to, letter what) {
  later(wait, [this, to, what = std::move(what)]() mutable { send(to, std::move(what)); });
}

void process::time_out_later(core::mono_time::duration wait, actor_no who, std::uint64_t question) {
  later(wait, [this, who, question] {
    const auto* const asker = world_.find(who);
    if (asker == nullptr || !asker->expects(question)) return;
    deliver(who, {{}, question, true, std::make_unique<no_answer>(core::error{core::ec::unavailable, {}, 0})});
  });
}

// ---- turns

core::mono_time::duration process::hesitation() {
  auto& random = world_.random;
  const auto& pace = world_.pace;
  return random.one_in(pace.slow_once_in) ? random.between(pace.turn, pace.slow_turn)
                                          : random.between(microseconds{1}, pace.turn);
}

void process::schedule(actor& who) {
  if (who.scheduled_ || who.blocked_ > 0) return;
  who.scheduled_ = true;
  later(hesitation(), [this, number = who.number()] { turn(number); });
}

void process::turn(actor_no number) {
  auto* const who = world_.find(number);
  if (who == nullptr) return;
  who->scheduled_ = false;
  if (who->blocked_ > 0 || who->mailbox_.empty()) return;
  auto next = std::move(who->mailbox_.front());
  who->mailbox_.pop_front();
  who->sender_ = next.from;
  world_.count();
  world_.say([&] {
    return world_.name_of({number, {}}) + " <- " + world_.name_of(next.from) + "  " + next.what->text();
  });
  next.what->deliver(*who, next);
  if (who->ended_) return end(*who);
  if (!who->mailbox_.empty()) schedule(*who);
}

// A database has answered.
void process::unblock(actor& who) {
  if (who.blocked_ > 0) return;
  if (who.ended_) return end(who);
  if (!who.mailbox_.empty()) schedule(who);
}

// Questions in its mailbox are answered; those that it was about to answer never are.
void process::end(actor& who) {
  const auto number = who.number();
  world_.say([&] { return world_.name_of({number, {}}) + " ends"; });
  auto left = std::move(who.mailbox_);
  std::erase(actors_, number);
  world_.remove(number);
  for (const auto& one : left)
    if (one.question != 0 && !one.is_answer)
      send(one.from, {{}, one.question, true, std::make_unique<no_answer>(core::error{core::ec::unavailable, {}, 0})});
  gone({number, {}});
  // Each of the other processes hears of it in its own time.
  auto links = links_;
  world_.random.shuffle(links);
  for (const auto& [to, link] : links) link->ended(number);
}

// ---- watching

void process::watch(actor_no who, const address& other) {
  if (!other) return;
  const auto* const end = other.via ? world_.net.find(other.via) : nullptr;
  const bool reachable = end != nullptr ? end->leads_to(other.actor) : world_.find(other.actor) != nullptr;
  if (!reachable) return deliver(who, {{}, 0, false, std::make_unique<ending>(other)});
  watchers_[{other.via, other.actor}].push_back(who);
}

// Over whichever link: to CAF it is one address.
void process::unwatch(actor_no who, const address& other) {
  for (auto& [what, watching] : watchers_)
    if (what.second == other.actor) std::erase(watching, who);
}

void process::gone(const address& other) {
  const auto watching = watchers_.extract({other.via, other.actor});
  if (!watching) return;
  for (const auto who : watching.mapped()) deliver(who, {other, 0, false, std::make_unique<ending>(other)});
}

// ---- links

void process::opened(link_end& end) {
  const auto* const to = &end.other().home();
  std::erase_if(links_, [&](const auto& one) { return one.first == to; });
  links_.emplace_back(to, &end);
}

void process::closed(link_end& end) {
  std::erase_if(links_, [&](const auto& one) { return one.second == &end; });
  std::vector<address> lost;
  for (const auto& [what, watching] : watchers_)
    if (what.first == end.number()) lost.push_back({what.second, what.first});
  for (const auto& one : lost) gone(one);
}

link_end* process::link_to(const process& other) const {
  const auto known = std::find_if(links_.begin(), links_.end(), [&](const auto& one) { return one.first == &other; });
  return known == links_.end() ? nullptr : known->second;
}

address process::import(const address& from) const {
  if (!from) return {};
  const auto* const there = world_.home_of(from.actor);
  if (there == this) return {from.actor, {}};
  auto* const end = link_to(*there);
  if (end == nullptr) return {};
  if (end->learn(from.actor) && world_.find(from.actor) == nullptr) end->other().ended(from.actor);
  return {from.actor, end->number()};
}

// ---- life

void process::later(core::mono_time::duration wait, task what) {
  world_.time.after(wait, [this, what = std::move(what)]() mutable {
    if (!alive_) return;
    if (still_)
      overdue_.push_back(std::move(what));
    else
      what();
  });
}

void process::stand_still() { still_ = true; }

void process::go_on() {
  if (!still_) return;
  still_ = false;
  core::mono_time::duration wait{};
  for (auto& one : std::exchange(overdue_, {}))
    later(wait += world_.random.between(microseconds{0}, microseconds{20}), std::move(one));
}

void process::die() {
  if (!alive_) return;
  alive_ = false;
  overdue_.clear();
  watchers_.clear();
  for (const auto one : std::exchange(actors_, {})) world_.remove(one);
  links_.clear();
  world_.net.give_up(*this);
  for (auto& one : std::exchange(last_words_, {})) one();
}

}  // namespace greenroom::simulation
