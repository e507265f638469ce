#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/relay.hpp"
#include "core/room.hpp"

/// Rooms, and relays on several nodes, with people who come, talk and go, links that break, nodes that die and come
/// back, a room that moves. Each simulated client folds what it is told as protocol.md says. Two seconds after the last
/// change, everybody's list is the room's, whatever happened before.
namespace greenroom::core {
namespace {

constexpr std::size_t nodes = 3, users = 9;

struct down {};  ///< the other end of a link is gone
using to_room = std::variant<join_room, rejoin_room, leave_room, down>;
using to_relay = std::variant<room_joined, room_rejoined, presence_changed, down>;

struct client {
  user_id user;
  std::size_t node = 0;
  bool open = false;
  std::map<std::string, bool> list;
  std::uint32_t count = 0;

  void joined(const room_members& members) {
    open = true;
    list.clear();
    for (const auto& one : members.first) list[one.value] = true;
    count = members.count;
  }
  void changed(const presence_changed& change) {
    if (!open) return;
    if (change.whole) list.clear();
    for (const auto& one : change.left) list.erase(one.value);
    for (const auto& one : change.joined) list[one.value] = true;
    count = change.count;
  }
};

/// One life of a relay, with its link to the room that it follows.
struct edge {
  std::uint64_t life = 0;
  bool alive = true;
  relay machine;
  std::uint64_t follows = 0;       ///< the life of the room, 0: none
  std::optional<mono_time> finds;  ///< it is told then where the room is
  std::deque<to_room> up;          ///< to the room that it follows
  std::deque<to_relay> from;       ///< from it
};

struct faults {
  bool nodes_die = false;
  bool links_break = false;
  bool room_moves = false;
};

class world {
 public:
  world(unsigned seed, room_limits limits, faults what) : limits_(limits), what_(what), random_(seed) {
    for (auto& one : edges_) one.life = ++lives_;
    open_room_anew();
  }

  void live(milliseconds time) {
    for (const auto end = now_ + time; now_ < end;) {
      pass();
      if (random_() % 3 == 0) happen();
    }
  }

  /// Until every node is back and everything that is under way has come, and then two seconds more.
  void settle() {
    for (auto& one : edges_)
      if (!one.alive) revive(one);
    for (int i = 0; i < 100'000 && !idle(); ++i) pass();
    ASSERT_TRUE(idle());
    now_ = std::max(now_, last_change_ + limits_.who.quiet);
    turn();
    while (!idle()) deliver();
  }

  void check() const {
    std::set<std::string> here;
    for (const auto& [id, one] : clients_) here.insert(one.user.value);
    for (const auto& [id, one] : clients_) {
      ASSERT_TRUE(one.open) << "connection " << id.value;
      EXPECT_EQ(one.count, here.size()) << one.user.value;
      if (here.size() > limits_.who.names) continue;
      std::set<std::string> listed;
      for (const auto& [name, yes] : one.list) listed.insert(name);
      if (here.size() <= limits_.who.shown)
        EXPECT_EQ(listed, here) << one.user.value;
      else
        EXPECT_TRUE(std::includes(here.begin(), here.end(), listed.begin(), listed.end())) << one.user.value;
    }
  }

 private:
  // ---- time

  [[nodiscard]] instant at() const { return {wall_time{}, now_}; }
  std::uint64_t dice(std::uint64_t sides) { return random_() % sides; }

  void pass() {
    now_ += milliseconds(dice(40));
    turn();
    for (auto n = dice(6); n > 0; --n) deliver();
  }

  // What is due: a room's tick, an edge's search, the answer to a check of the epoch.
  void turn() {
    if (const auto due = room_->presence_due(); due && *due <= now_) take(room_->tick(at()));
    if (checks_ && dice(4) == 0) {
      checks_ = false;
      input(room_->epoch_checked(room_standing{room_->epoch(), {}}, now_, at()));
    }
    for (auto& one : edges_) {
      if (!one.finds || *one.finds > now_) continue;
      one.finds.reset();
      if (dice(5) == 0) {
        take(one, one.machine.not_found(ec::unavailable));
      } else {
        if (one.follows != room_life_) one.up.clear(), one.from.clear();
        one.follows = room_life_;
        take(one, one.machine.found());
      }
    }
  }

  [[nodiscard]] bool idle() const {
    return !checks_ && std::all_of(edges_.begin(), edges_.end(),
                                   [](const edge& one) { return one.up.empty() && one.from.empty() && !one.finds; });
  }

  // ---- what happens

  void happen() {
    switch (dice(24)) {
      case 0:
        return what_.nodes_die ? die() : come();
      case 1:
        return what_.links_break ? break_link(edges_[dice(nodes)]) : go();
      case 2:
        return what_.room_moves && dice(3) == 0 ? move() : come();
      case 3:
        return what_.room_moves ? wander(edges_[dice(nodes)]) : go();
      case 4:
        return what_.nodes_die ? forget_node() : come();
      case 5:
        return ask_again();
      case 6:
      case 7:
      case 8:
      case 9:
        return talk();
      default:
        return dice(clients_.size() + 1) > users ? go() : dice(2) == 0 ? come() : go();
    }
  }

  void come() {
    auto& where = edges_[dice(nodes)];
    if (!where.alive) return revive(where);
    const connection_id id{++connections_};
    clients_[id] = {{std::string(1, static_cast<char>('a' + dice(users)))}, index(where), false, {}, 0};
    position from;
    from.at_once = dice(3) == 0;
    take(where, where.machine.listen({id, clients_[id].user}, from));
  }

  // Mostly somebody who has just come: others hear of them before what they say, whatever is held back.
  void talk() {
    if (clients_.empty()) return;
    const auto id = dice(3) == 0 ? somebody() : clients_.rbegin()->first;
    input(room_->post({clients_.at(id).user, id, {{.ticket = 1, .text = "hi"}}}, at()));
  }

  connection_id somebody() {
    auto at = clients_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(dice(clients_.size())));
    return at->first;
  }

  // Mostly to come back at once, by any node.
  void go() {
    if (clients_.empty()) return;
    const auto id = somebody();
    auto& where = edges_[clients_.at(id).node];
    const auto user = clients_.at(id).user;
    clients_.erase(id);
    take(where, where.machine.unlisten(id));
    auto& next = edges_[dice(nodes)];
    if (dice(3) == 0 || !next.alive) return;
    const connection_id again{++connections_};
    clients_[again] = {user, index(next), false, {}, 0};
    take(next, next.machine.listen({again, user}, {}));
  }

  void ask_again() {
    if (clients_.empty()) return;
    const auto id = somebody();
    auto& who = clients_.at(id);
    who.open = false;
    take(edges_[who.node], edges_[who.node].machine.listen({id, who.user}, {}));
  }

  // Everybody on it is gone with it, and comes back by others or once it is back.
  void die() {
    auto& one = edges_[dice(nodes)];
    if (!one.alive) return;
    drop_link(one);
    std::vector<user_id> lost;
    for (const auto& [id, who] : clients_)
      if (who.node == index(one)) lost.push_back(who.user);
    std::erase_if(clients_, [&](const auto& who) { return who.second.node == index(one); });
    one.machine = relay{};
    one.finds.reset();
    one.alive = false;
    one.life = ++lives_;
    for (const auto& user : lost) {
      auto& next = edges_[dice(nodes)];
      if (!next.alive) continue;
      const connection_id again{++connections_};
      clients_[again] = {user, index(next), false, {}, 0};
      take(next, next.machine.listen({again, user}, {}));
    }
  }
  static void revive(edge& one) { one.alive = true; }

  // Both ends see that the link is gone; what was under way is lost.
  void drop_link(edge& one) {
    if (one.follows == 0) return;
    one.up.clear();
    one.from.clear();
    if (const auto known = numbers_.extract(one.life); known && one.follows == room_life_)
      gone_.push_back(known.mapped());
    one.follows = 0;
    for (const auto number : std::exchange(gone_, {})) input(room_->relay_lost(number, at()));
  }
  void break_link(edge& one) {
    if (!one.alive || one.follows == 0) return;
    drop_link(one);
    take(one, one.machine.lost());
  }

  // The view moves the room away, and back before anybody noticed.
  void wander(edge& one) {
    if (one.alive && one.machine.following()) take(one, one.machine.lost());
  }

  // A view without a node that is alive.
  void forget_node() {
    auto& one = edges_[dice(nodes)];
    if (const auto known = numbers_.find(one.life); known != numbers_.end() && one.follows == room_life_)
      input(room_->relays_lost({known->second}, at()));
  }

  void move() {
    open_room_anew();
    for (auto& one : edges_) {
      one.up.clear();
      one.from.clear();
      if (one.follows == 0) continue;
      one.follows = 0;
      take(one, one.machine.lost());
    }
  }
  void open_room_anew() {
    room_life_ = ++lives_;
    checks_ = false;
    numbers_.clear();
    room_.emplace(room_opened{{"r"}, {1}, {++epochs_}, {5}, {7}, {}}, limits_);
  }

  // ---- the shells

  [[nodiscard]] std::size_t index(const edge& one) const { return static_cast<std::size_t>(&one - edges_.data()); }

  relay_no number_of(const edge& one) {
    const auto [at, added] = numbers_.try_emplace(one.life);
    if (added) at->second = {++last_number_};
    return at->second;
  }

  void deliver() {
    auto& one = edges_[dice(nodes)];
    if (!one.up.empty() && dice(2) == 0) {
      const auto what = std::move(one.up.front());
      one.up.pop_front();
      if (const auto* asked = std::get_if<join_room>(&what)) input(room_->join(number_of(one), *asked, at()));
      if (const auto* asked = std::get_if<rejoin_room>(&what)) input(room_->rejoin(number_of(one), *asked, at()));
      if (const auto* asked = std::get_if<leave_room>(&what)) input(room_->leave(asked->connection, at()));
    } else if (!one.from.empty()) {
      const auto what = std::move(one.from.front());
      one.from.pop_front();
      if (!one.machine.following()) return;
      if (const auto* told = std::get_if<room_joined>(&what)) take(one, one.machine.joined(*told));
      if (const auto* told = std::get_if<room_rejoined>(&what)) take(one, one.machine.rejoined(*told));
      if (const auto* told = std::get_if<presence_changed>(&what)) tell(one, *told);
    }
  }

  void tell(const edge& one, const presence_changed& change) {
    for (auto& [id, who] : clients_)
      if (who.node == index(one)) who.changed(change);
  }

  void input(room_effects out) {
    last_change_ = now_;
    take(std::move(out));
  }
  void take(room_effects out) {
    ASSERT_EQ(out.stop, ec::none);
    if (out.check_epoch) checks_ = true;
    const bool appends = !out.append.empty();
    for (auto& one : edges_) {
      const auto number = numbers_.find(one.life);
      if (number == numbers_.end() || one.follows != room_life_) continue;
      for (const auto& [to, answer] : out.joined)
        if (to == number->second) one.from.emplace_back(answer);
      for (const auto& [to, answer] : out.rejoined)
        if (to == number->second) one.from.emplace_back(answer);
      for (const auto& arrival : out.arrived) one.from.emplace_back(arrival);
      if (out.presence) one.from.emplace_back(*out.presence);
    }
    if (appends) input(room_->appended({append_result::kind::stored, {}}, at()));
  }

  void take(edge& one, relay_effects out) {
    ASSERT_FALSE(out.ended);
    if (one.follows != 0) {
      for (auto& request : out.rejoin) one.up.emplace_back(std::move(request));
      for (auto& request : out.join) one.up.emplace_back(std::move(request));
      for (const auto who : out.leave) one.up.emplace_back(leave_room{who});
    }
    for (const auto& answer : out.open)
      if (const auto who = clients_.find(answer.connection); who != clients_.end()) who->second.joined(answer.members);
    for (const auto& [id, why] : out.turned_away) {
      const auto who = clients_.find(id);
      if (who == clients_.end()) continue;
      who->second.open = false;
      take(one, one.machine.listen({id, who->second.user}, {}));
    }
    if (out.find) one.finds = now_ + milliseconds(dice(100));
    if (out.find_in) one.finds = now_ + *out.find_in;
  }

  room_limits limits_;
  faults what_;
  std::mt19937 random_;
  mono_time now_{std::chrono::seconds{100}};
  mono_time last_change_ = now_;
  std::uint64_t lives_ = 0, epochs_ = 0, connections_ = 0, room_life_ = 0, last_number_ = 0;
  bool checks_ = false;
  std::optional<room> room_;
  std::map<std::uint64_t, relay_no> numbers_;  ///< of relays' lives, as the room's shell knows them
  std::vector<relay_no> gone_;
  std::vector<edge> edges_{nodes};
  std::map<connection_id, client> clients_;
};

void walk(room_limits limits, faults what) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    world w(seed, limits, what);
    for (int round = 0; round < 3; ++round) {
      w.live(milliseconds(200 + seed % 7 * 700));
      w.settle();
      w.check();
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", round " << round;
    }
  }
}

room_limits small() {
  room_limits out;
  out.who.names = 6;
  out.who.shown = 3;
  return out;
}

TEST(PresenceWalk, EveryListIsTheRoomsWhateverTheOrderOfThoseWhoComeAndGo) { walk({}, {}); }
TEST(PresenceWalk, EveryListIsTheRoomsAfterNodesDied) { walk({}, {.nodes_die = true}); }
TEST(PresenceWalk, EveryListIsTheRoomsAfterLinksBroke) { walk({}, {.links_break = true}); }
TEST(PresenceWalk, EveryListIsTheRoomsAfterItMoved) { walk({}, {.room_moves = true}); }
TEST(PresenceWalk, EveryListIsTheRoomsAfterAllOfIt) { walk({}, {true, true, true}); }
TEST(PresenceWalk, AndAroundTheBoundsWhereNamesAreLeftOut) {
  walk(small(), {});
  walk(small(), {true, true, true});
}

}  // namespace
}  // namespace greenroom::core
