#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "core/relay.hpp"
#include "core/room.hpp"

/// A room on one home or several, and its relays, against a database: whatever comes in whatever order, and whatever is
/// lost, nobody writes who isn't a member, or is banned or muted, and none hears once the loss was noticed.
namespace greenroom::core {
namespace {

constexpr std::size_t relay_count = 3;
const std::vector<std::string> people{"ann", "bob", "carl", "dora", "eve"};

instant at(std::int64_t ms) { return {wall_time{milliseconds{ms}}, mono_time{} + milliseconds{ms}}; }

/// The room's row, its roster and its log. In a secret room the admitted are its members; an open one's are all but
/// those who are banned.
struct database {
  room_access access = room_access::secret;
  epoch_no epoch;
  membership_no membership{1};
  std::set<std::string> admitted{"ann", "bob", "carl"};
  std::set<std::string> muted{};
  std::vector<room_entry> log;
  std::vector<std::set<std::string>>
      readers;  ///< who might hear each entry: those who were admitted then or later, and those of `unread` below

  [[nodiscard]] room_opened opened() const {
    room_opened out{{"den"}, {1}, epoch, {9}, {log.size()}, log};
    out.settings.access = access;
    out.owner = {"ann"};
    out.membership = membership;
    if (access == room_access::secret)
      for (const auto& name : admitted) out.members.push_back({name});
    else
      for (const auto& name : people)
        if (!admitted.contains(name)) out.bans.push_back({{name}});
    for (const auto& name : muted) out.mutes.push_back({{name}, {"ann"}, {}, {}});
    return out;
  }
};

struct walk {
  using job = std::function<void()>;
  struct home {
    std::unique_ptr<room> machine;
    bool stopped = false;
    std::set<std::string> unread;  ///< removed elsewhere since this home read its members
    std::deque<job> journal, answers;
    std::deque<job> to_room[relay_count], to_relay[relay_count];
  };
  struct reader {
    relay machine;
    home* at = nullptr;
    bool finding = false;
    std::map<std::uint64_t, std::string> listening;  ///< the hub's
  };

  walk(unsigned seed, room_access access, bool with_losses) : random(seed), losses(with_losses) { db.access = access; }

  std::mt19937 random;
  bool losses;
  bool strict = true;  ///< those who aren't admitted must not hear, at once
  database db;
  std::deque<std::unique_ptr<home>> homes;
  reader relays[relay_count];
  std::set<std::string> ever_removed;
  std::uint64_t last_connection = 0, last_ticket = 0, last_asker = 0;
  std::set<std::uint64_t> asked;
  std::int64_t now = 0;
  unsigned heard = 0, refused_posts = 0, made_up = 0;

  std::size_t pick(std::size_t below) { return random() % below; }
  bool lost() { return losses && pick(6) == 0; }
  const std::string& somebody() { return people[pick(people.size())]; }

  static room_limits limits() {
    room_limits out;
    out.append = 3;
    out.trust = milliseconds{40};
    out.gather.longest = {};
    return out;
  }

  home* open_home() {
    ++db.epoch;
    homes.push_back(std::make_unique<home>());
    homes.back()->machine = std::make_unique<room>(db.opened(), limits());
    return homes.back().get();
  }

  // ---- the database, and what a home hears of it

  void append(home& by, const std::vector<room_entry>& batch, const act_effect* effect, epoch_no epoch) {
    append_result out{append_result::kind::fenced, {}};
    if (effect != nullptr && pick(12) == 0) {
      out.what = pick(2) == 0 ? append_result::kind::unavailable : append_result::kind::refused;
    } else if (epoch == db.epoch && batch.front().seq.value == db.log.size() + 1) {
      store(by, batch, effect);
      out.what = append_result::kind::stored;
    }
    if (pick(12) == 0) out.what = append_result::kind::unknown;
    by.answers.push_back([this, &by, out] { take(by, by.machine->appended(out, at(now))); });
  }
  void store(home& by, const std::vector<room_entry>& batch, const act_effect* effect) {
    auto audience = db.admitted;
    audience.insert(by.unread.begin(), by.unread.end());
    for (const auto& entry : batch) {
      ASSERT_TRUE(audience.contains(entry.author.value)) << entry.author.value << " wrote without being admitted";
      ASSERT_TRUE(!is_words(entry.kind) || !db.muted.contains(entry.author.value)) << entry.author.value << " is muted";
      ASSERT_EQ(is_words(entry.kind), effect == nullptr);
      db.log.push_back(entry);
      db.readers.push_back(audience);
    }
    if (effect == nullptr) return;
    const auto& name = effect->what.subject.value;
    const auto kind = batch.front().kind;
    if (kind == entry_kind::mute) db.muted.insert(name);
    if (kind == entry_kind::unmute) db.muted.erase(name);
    if (kind == entry_kind::add || kind == entry_kind::unban) admit(name, true);
    if (kind == entry_kind::remove || kind == entry_kind::ban) admit(name, false);
  }
  void admit(const std::string& name, bool add) {
    if (add) {
      db.admitted.insert(name);
      for (auto& audience : db.readers) audience.insert(name);  // they may read what was written before
    } else {
      db.admitted.erase(name);
      ever_removed.insert(name);
    }
  }
  void reopen(home& by) {
    result<room_opened> out{ec::unavailable};
    if (pick(6) != 0) {
      if (by.machine->epoch() < db.epoch) {
        out = ec::fenced;
      } else {
        ++db.epoch;
        by.unread.clear();
        out = db.opened();
      }
    }
    by.answers.push_back([this, &by, out] { take(by, by.machine->reopened(out, at(now))); });
  }
  void check(home& by, mono_time asked_at) {
    const room_standing standing{db.epoch, db.membership};
    by.answers.push_back(
        [this, &by, standing, asked_at] { take(by, by.machine->epoch_checked(standing, asked_at, at(now))); });
  }

  // ---- what machines want

  void take(home& by, room_effects out) {
    if (!out.append.empty())
      by.journal.push_back([this, &by, batch = out.append, effect = out.effect, epoch = out.epoch] {
        append(by, batch, effect.get(), epoch);
      });
    for (const auto& name : out.find_users)
      by.answers.push_back([this, &by, name] {
        const auto found = pick(8) == 0 ? result<user_id>(ec::no_user) : result<user_id>(name);
        take(by, by.machine->user_found(name, found, at(now)));
      });
    if (out.reopen) by.journal.push_back([this, &by] { reopen(by); });
    if (out.check_epoch) by.journal.push_back([this, &by, t = at(now).mono] { check(by, t); });
    const auto to_all = [&](auto what) {
      for (std::size_t i = 0; i < relay_count; ++i)
        if (known(by, i)) tell(by, i, what);
    };
    for (const auto& one : out.removed) to_all([one](relay& m) { return m.removed(one); });
    for (const auto& [to, question] : out.compare) {
      ++made_up;
      tell(by, to.value, [q = question](relay& m) { return m.compare(q); });
    }
    for (auto& [to, answer] : out.joined) tell(by, to.value, [a = answer](relay& m) { return m.joined(a); });
    for (auto& [to, answer] : out.rejoined) tell(by, to.value, [a = answer](relay& m) { return m.rejoined(a); });
    if (!out.publish.empty()) to_all([b = room_batch{{"den"}, {9}, out.publish}](relay& m) { return m.batch(b); });
    for (const auto& [asker, done] : out.performed) ASSERT_EQ(asked.erase(asker.value), 1u) << "answered twice";
    for (const auto& [to, answer] : out.answers)
      refused_posts += answer.code == ec::not_found || answer.code == ec::banned || answer.code == ec::muted;
    if (out.stop == ec::none) return;
    by.stopped = true;
    by.journal.clear();
    by.answers.clear();
    for (std::size_t i = 0; i < relay_count; ++i) {
      by.to_room[i].clear();
      if (relays[i].at == &by) by.to_relay[i].push_back([this, i, &by] { down(i, by); });
    }
  }
  [[nodiscard]] bool known(const home& by, std::size_t i) const { return relays[i].at == &by; }
  template <class What>
  void tell(home& by, std::size_t i, What what) {
    if (i >= relay_count || lost()) return;
    by.to_relay[i].push_back([this, i, &by, what] {
      if (relays[i].at == &by) take(i, what(relays[i].machine));
    });
  }
  void down(std::size_t i, home& by) {
    if (relays[i].at != &by) return;
    relays[i].at = nullptr;
    take(i, relays[i].machine.lost());
  }
  template <class What>
  void send(std::size_t i, What what) {
    auto* const to = relays[i].at;
    if (to == nullptr || to->stopped || lost()) return;
    to->to_room[i].push_back([this, i, to, what] { take(*to, what(*to->machine, relay_no{i})); });
  }
  void take(std::size_t i, relay_effects out) {
    auto& r = relays[i];
    for (auto& one : out.rejoin) send(i, [this, one](room& m, relay_no n) { return m.rejoin(n, one, at(now)); });
    for (auto& one : out.join) send(i, [this, one](room& m, relay_no n) { return m.join(n, one, at(now)); });
    for (const auto one : out.leave) send(i, [this, one](room& m, relay_no) { return m.leave(one, at(now)); });
    if (out.compared)
      send(i, [seen = *out.compared](room& m, relay_no n) {
        m.compared(n, seen.roster);
        return room_effects{};
      });
    for (const auto& [one, why] : out.removed) {
      const auto who = r.listening.find(one.value);
      ASSERT_NE(who, r.listening.end());
      EXPECT_TRUE(ever_removed.contains(who->second)) << who->second << " was thrown out for nothing";
      r.listening.erase(who);
    }
    for (const auto& entry : out.deliver) hear(r, entry);
    for (const auto& answer : out.open) {
      r.listening[answer.connection.value] = r.machine.user_of(answer.connection)->value;
    }
    for (const auto& [one, why] : out.turned_away) r.listening.erase(one.value);
    ASSERT_FALSE(out.ended);
    if (out.find || out.find_in) r.finding = true;
    if (out.find) r.at = nullptr;
  }
  void hear(reader& r, const room_entry& entry) {
    for (const auto& [connection, user] : r.listening) {
      ++heard;
      if (strict) {
        ASSERT_TRUE(db.admitted.contains(user) || db.readers.at(entry.seq.value - 1).contains(user))
            << user << " heard " << entry.seq.value;
      }
    }
  }

  // ---- what happens

  void find(std::size_t i) {
    auto& r = relays[i];
    if (!r.finding) return;
    r.finding = false;
    auto* to = homes.empty() || homes.back()->stopped ? open_home() : homes.back().get();
    r.at = to;
    take(i, r.machine.found());
  }
  perform_act some_act() {
    const bool secret = db.access == room_access::secret;
    const std::array kinds{secret ? entry_kind::add : entry_kind::unban, secret ? entry_kind::remove : entry_kind::ban,
                           entry_kind::mute, entry_kind::unmute};
    core::act what;
    what.subject = {somebody()};
    return {{"den"}, {"ann"}, {.kind = kinds[pick(kinds.size())], .act = std::make_shared<const core::act>(what)}};
  }
  void step_somewhere() {
    const auto i = pick(relay_count);
    auto& r = relays[i];
    auto* const live = homes.empty() || homes.back()->stopped ? nullptr : homes.back().get();
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
        return take(i, r.machine.listen({{++last_connection}, {somebody()}}, {}));
      case 3:
        if (r.listening.empty()) return;
        take(i, r.machine.unlisten({r.listening.begin()->first}));
        r.listening.erase(r.listening.begin());
        return;
      case 4:
      case 5:
      case 6:
      case 7: {  // to whatever home it knows, as a connection does
        if (r.at == nullptr || r.at->stopped) return;
        return take(*r.at, r.at->machine->post({{somebody()}, {1}, {{.ticket = ++last_ticket, .text = "t"}}}, at(now)));
      }
      case 8:
      case 9:
      case 10: {
        if (live == nullptr) return;
        asked.insert(++last_asker);
        return take(*live, live->machine->perform({last_asker}, some_act(), at(now)));
      }
      case 11: {  // an operator, or a deletion
        const auto& who = somebody();
        if (who == "ann" || pick(2) == 0) return;
        const bool add = pick(2) == 0;
        if (!add && db.admitted.contains(who))
          for (auto& one : homes) one->unread.insert(who);
        admit(who, add);
        ++db.membership;
        return;
      }
      case 12:  // the room moves; those who know that look for it again
        if (pick(4) == 0 && live != nullptr) {
          (void)open_home();
          for (std::size_t k = 0; k < relay_count; ++k)
            if (pick(2) == 0 && relays[k].at != nullptr) take(k, relays[k].machine.lost());
        }
        return;
      case 13:  // a link breaks
        if (pick(3) != 0 || r.at == nullptr) return;
        if (!r.at->stopped) {
          r.at->to_room[i].clear();
          r.at->to_relay[i].clear();
          take(*r.at, r.at->machine->relay_lost(relay_no{i}, at(now)));
        }
        return down(i, *r.at);
      case 14:  // the view leaves a node out that lives
        if (pick(4) == 0 && live != nullptr) take(*live, live->machine->relays_lost({relay_no{i}}, at(now)));
        return;
      default:
        return sweep();
    }
  }
  void sweep() {
    now += 50;
    for (auto& one : homes) {
      if (one->stopped) continue;
      one->journal.push_back([this, by = one.get(), t = at(now).mono] { check(*by, t); });
      take(*one, one->machine->sweep());
    }
    for (std::size_t i = 0; i < relay_count; ++i) take(i, relays[i].machine.sweep());
  }
  // One message somewhere goes a step.
  bool carry() {
    std::vector<std::deque<job>*> ready;
    for (auto& one : homes) {
      for (auto* queue : {&one->journal, &one->answers})
        if (!one->stopped && !queue->empty()) ready.push_back(queue);
      for (std::size_t i = 0; i < relay_count; ++i) {
        if (!one->stopped && !one->to_room[i].empty()) ready.push_back(&one->to_room[i]);
        if (!one->to_relay[i].empty()) ready.push_back(&one->to_relay[i]);
      }
    }
    if (ready.empty()) return false;
    auto& queue = *ready[pick(ready.size())];
    const auto next = std::move(queue.front());
    queue.pop_front();
    next();
    return true;
  }
  void step() {
    ++now;
    if (pick(4) == 0) return step_somewhere();
    if (pick(5) == 0) return find(pick(relay_count));
    (void)carry();
  }
  // Nothing is lost any more, and everything arrives.
  void settle() {
    losses = false;
    for (int round = 0; round < 12; ++round) {
      for (int i = 0; i < 10'000 && carry(); ++i) {
      }
      for (std::size_t i = 0; i < relay_count; ++i) find(i);
      sweep();
    }
    for (int i = 0; i < 10'000 && carry(); ++i) {
    }
  }
  void expect_admitted_only() {
    for (const auto& r : relays) {
      EXPECT_EQ(r.machine.listeners().size(), r.listening.size());
      EXPECT_TRUE(r.listening.empty() || r.machine.hears());
      for (const auto& [connection, user] : r.listening)
        EXPECT_TRUE(db.admitted.contains(user)) << user << " still listens";
    }
    if (homes.empty() || homes.back()->stopped) return;
    strict = true;
    for (const auto& name : people) {
      const auto before = db.log.size();
      take(*homes.back(),
           homes.back()->machine->post({{name}, {1}, {{.ticket = ++last_ticket, .text = "last"}}}, at(++now)));
      for (int i = 0; i < 1000 && carry(); ++i) {
      }
      EXPECT_TRUE(db.log.size() == before || (db.admitted.contains(name) && !db.muted.contains(name))) << name;
    }
  }
};

void run(unsigned seeds, room_access access, bool with_losses, unsigned& made_up) {
  unsigned heard = 0, refused = 0;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    walk w(seed, access, with_losses);
    w.strict = !with_losses;
    for (int i = 0; i < 600 && !::testing::Test::HasFailure(); ++i) w.step();
    w.settle();
    w.expect_admitted_only();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    heard += w.heard;
    refused += w.refused_posts;
    made_up += w.made_up;
  }
  EXPECT_GT(heard, seeds) << "it did something";
  EXPECT_GT(refused, seeds / 4);
}

TEST(MembersWalk, LetsOnlyMembersWriteAndHearWhateverTheOrder) {
  unsigned made_up = 0;
  run(400, room_access::secret, false, made_up);
}

TEST(MembersWalk, LetsNobodyWriteOrHearWhoIsBannedWhateverTheOrder) {
  unsigned made_up = 0;
  run(400, room_access::open, false, made_up);
}

TEST(MembersWalk, MakesUpForEveryLostMessage) {
  for (const auto access : {room_access::secret, room_access::open}) {
    unsigned made_up = 0;
    run(400, access, true, made_up);
    EXPECT_GT(made_up, 400u);
  }
}

}  // namespace
}  // namespace greenroom::core
