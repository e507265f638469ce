// What a person's client does with what it is told.
#include <algorithm>

#include "test/simulation/acts.hpp"
#include "test/simulation/person.hpp"

namespace greenroom::simulation {
namespace {

constexpr std::size_t words_in_mind = 8;

}  // namespace

void person::told(const frame& what) {
  world_.say([&] { return user_.value + " is told: " + describe(what); });
  std::visit([this](const auto& one) { hear(one); }, what);
}

void person::hear(const joined_frame& what) {
  auto& in = places_[what.room];
  if (in.at == presence::out) world_.check.violated(user_.value + " joins " + what.room.value + ", unasked");
  world_.check.joined(
      reader_, what.room,
      {what.generation, what.head, what.recovered, in.asked, in.asked_of, what.members, what.face, in.asked_at});
  in.role = what.face.role;
  const bool goes_on = what.recovered && in.asked;
  in.after = goes_on ? *in.asked : what.head;
  in.log = what.generation;
  pictures_.at(what.room).begin(what.generation, reads_back_ ? core::seq_no{1} : *in.after + 1);
  if (in.at == presence::joining) in.at = presence::in;
}

void person::hear(const message_frame& what) {
  auto& in = places_[what.room];
  const auto& entry = what.entry;
  const bool own = entry.author == user_;
  if (own && !entry.client_id.empty()) {
    world_.check.acknowledged(in.log, entry.seq, user_, entry.client_id, std::string(entry.text.view()));
    settle(what.room, entry.client_id);
  }
  if (what.duplicate) return;
  world_.check.heard(reader_, what.room, entry);
  pictures_.at(what.room).hear(entry);
  in.after = entry.seq;
  if (entry.kind == core::entry_kind::role && entry.subject == user_) in.role = act_of(entry).role;
  if (core::is_words(entry.kind)) {
    if (own) in.own = entry.seq;
    in.words.push_back(entry.seq);
    if (in.words.size() > words_in_mind) in.words.pop_front();
  }
  if (own && entry.kind == core::entry_kind::react) {
    in.reacted = entry.target;
    in.mark = entry.text.view();
  }
  if (entry.kind == core::entry_kind::pin) in.pinned = entry.target;
  if (own && in.plain == entry.text.view()) in.plain.clear();
}

void person::hear(const gap_frame& what) {
  world_.check.gap(reader_, what.room, what.from, what.to);
  auto& in = places_[what.room];
  in.after = std::max(in.after.value_or(core::seq_no{}), what.to);
  if (!in.plain.empty()) return hang_up();  // it may be in the gap
  page(what.room, {}, what.from - 1, 10);
}

void person::hear(const left_frame& what) { left(what.room); }

void person::hear(const gone_frame& what) {
  world_.check.told_why(user_, what.room, what.reason, what.because);
  left(what.room);
  auto& in = places_[what.room];
  if (core::describe(what.reason).retry) return;
  in.after.reset();
  in.again = world_.time.now() + milliseconds{500};
}

// What was left out of the stream is acknowledged here.
void person::hear(const history_frame& what) {
  world_.check.page(reader_, what.room, what.page);
  auto& in = places_[what.room];
  if (!in.pages.empty() && in.pages.front() == in.log) pictures_.at(what.room).read(what.page);
  if (!in.pages.empty()) in.pages.pop_front();
  for (const auto& entry : what.page.entries)
    if (!entry.client_id.empty()) settle(what.room, entry.client_id);
}

void person::hear(const presence_frame& what) { world_.check.presence(reader_, what.room, what.change); }

void person::hear(const news_frame& what) {
  const auto& news = what.what;
  if (news.user != user_) world_.check.violated(user_.value + " hears news for " + news.user.value);
  if (news.kind == core::news_kind::read) world_.check.told_read(user_, news.room, news.seq);
  if (news.kind != core::news_kind::notice) return;
  if (!notices_.insert(std::string(news.text.view())).second)
    world_.check.violated(user_.value + " hears twice: " + std::string(news.text.view()));
}

void person::hear(const synced_frame& what) {
  world_.check.synced(reader_, what.page);
  rooms_told_ = what.page;
}

void person::hear(const error_frame& what) {
  if (what.room.value.empty()) return;
  auto& in = places_[what.room];
  if (what.client_id == "history") {
    if (!in.pages.empty()) in.pages.pop_front();
    return;
  }
  const auto why = what.why.code;
  const bool retry = core::describe(why).retry;
  if (what.why.because) world_.check.told_why(user_, what.room, why, *what.why.because);
  if (!what.client_id.empty()) {
    refused(what.room, what.client_id, what.why);
  } else if (!in.plain.empty()) {
    world_.check.gave_up(in.plain, why);
    world_.check.refused(std::exchange(in.plain, {}), why);
  } else if (why == core::ec::unknown_outcome && in.at != presence::out) {
    hang_up();  // it may be of a post that was heard all the same, or of the join
  } else if (why == core::ec::not_joined) {
    if (in.at == presence::leaving) left(what.room);
  } else {
    // The join was refused, or this client isn't there any more.
    left(what.room);
    if (!retry) in.after.reset();
    in.again = world_.time.now() + (retry ? milliseconds{200} : milliseconds{calm_ ? 3000 : 700});
  }
}

// In a slow room they don't insist.
void person::refused(const core::room_id& room, const std::string& client_id, const core::error& why) {
  const auto known = std::find_if(mine_.begin(), mine_.end(),
                                  [&](const post& one) { return one.room == room && one.client_id == client_id; });
  if (known == mine_.end()) return;
  const bool for_now = core::describe(why.code).retry && why.code != core::ec::rate_limited;
  if (for_now || why.code == core::ec::not_joined) {
    known->again = world_.time.now() + milliseconds{300};
    return;
  }
  world_.check.gave_up(checker::key_of(user_, client_id, known->text, known->kind), why.code);
  if (all_quiet_ && core::is_words(known->kind)) world_.check.refused_at_the_end(user_, room, why.code);
  mine_.erase(known);
}

void person::hear(const close_frame& what) {
  world_.say([&] { return user_.value + " is closed: " + std::string(core::to_string(what.why)); });
  if (what.why == core::ec::invalid_token) token_.reset();
}

}  // namespace greenroom::simulation
