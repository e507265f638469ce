#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "test/simulation/message.hpp"
#include "test/simulation/task.hpp"

namespace greenroom::simulation {

class link_end;
class world;

/// Who uses an end of a link, besides the actors that send through it.
class link_user {
 public:
  virtual ~link_user() = default;
  /// The link is over.
  virtual void link_down(link_end& end) = 0;
};

/// One end of a link between two processes. Letters arrive in the order in which they were sent; what hasn't arrived
/// when the link breaks is lost. The two ends hear of the break at different times.
class link_end {
 public:
  link_end(world& of, link_no number, process& home, std::shared_ptr<link_user> user);

  /// Actors may talk through it: what has arrived is delivered from now on.
  void open();
  /// This end closes the link: what was sent before still arrives.
  void close();
  /// Something for an actor at the other end, or for the other end itself.
  void send(actor_no to, letter what);
  void tell(std::function<void(link_end& there)> what);
  /// An actor here has ended, which the other end hears of if it knows it.
  void ended(actor_no who);
  /// Handles of this actor have come through this end. True: it wasn't known before.
  bool learn(actor_no who) { return known_.insert(who).second; }
  [[nodiscard]] bool knows(actor_no who) const { return known_.contains(who); }
  [[nodiscard]] bool leads_to(actor_no who) const { return open_ && !gone_.contains(who); }

  [[nodiscard]] link_no number() const noexcept { return number_; }
  [[nodiscard]] process& home() const noexcept { return home_; }
  [[nodiscard]] link_end& other() const noexcept { return *other_; }
  [[nodiscard]] const std::shared_ptr<link_user>& user() const noexcept { return user_; }
  [[nodiscard]] bool over() const noexcept { return over_; }
  [[nodiscard]] bool is_open() const noexcept { return open_; }

 private:
  friend class network;
  void carry(task what);
  void arrive(task what);
  void unpack();
  void end();
  void hang_up(core::mono_time when);

  world& world_;
  link_no number_;
  process& home_;
  std::shared_ptr<link_user> user_;
  link_end* other_ = nullptr;
  bool open_ = false;
  bool over_ = false;         ///< as this end knows
  bool deaf_ = false;         ///< nothing arrives here any more
  bool ending_ = false;       ///< over, once what has arrived is delivered
  core::mono_time last_{};    ///< when the last parcel from here arrives
  std::deque<task> arrived_;  ///< not looked at yet
  std::set<actor_no> known_;  ///< handles that came through here
  std::set<actor_no> gone_;   ///< those of them that ended
};

/// All links, and what is between the nodes.
class network {
 public:
  explicit network(world& of) : world_(of) {}

  /// A link between two processes, which isn't open at either end.
  std::pair<link_end*, link_end*> connect(process& one, std::shared_ptr<link_user> of_one, process& other,
                                          std::shared_ptr<link_user> of_other);
  /// Whether a new link between these nodes comes about now.
  [[nodiscard]] bool reachable(const core::node_name& one, const core::node_name& other) const;
  /// Links between the two nodes break, and none comes about until `mend`.
  void part(const core::node_name& one, const core::node_name& other);
  void mend();
  /// All links between two nodes break at once, and may come back at once.
  void cut(const core::node_name& one, const core::node_name& other);
  /// The process has died: what it sent arrives, unless its machine went with it, and then the others hear of it.
  void give_up(const process& lost);
  /// The process stands still for so long that the others close their ends.
  void tire_of(const process& silent);

  [[nodiscard]] link_end* find(link_no number) const;

 private:
  template <class Which>
  void for_each_end(Which which);

  world& world_;
  std::vector<std::unique_ptr<link_end>> ends_;
  std::set<std::pair<core::node_name, core::node_name>> parted_;
};

}  // namespace greenroom::simulation
