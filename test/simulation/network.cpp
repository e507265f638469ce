#include "test/simulation/network.hpp"

#include <algorithm>

#include "test/simulation/process.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {
namespace {

// A link on which nothing came for so long is cut; looked at four times in it (`net::link_silence`).
constexpr microseconds silence = seconds{3}, look = silence / 4;

std::pair<core::node_name, core::node_name> pair_of(const core::node_name& one, const core::node_name& other) {
  return one < other ? std::pair{one, other} : std::pair{other, one};
}

}  // namespace

link_end::link_end(world& of, link_no number, process& home, std::shared_ptr<link_user> user)
    : world_(of), number_(number), home_(home), user_(std::move(user)) {}

void link_end::open() {
  if (over_) return;
  open_ = true;
  home_.opened(*this);
  unpack();
}

void link_end::send(actor_no to, letter what) {
  carry([this, to, what = std::move(what)]() mutable {
    auto& there = other_->home_;
    what.from = there.import(what.from);
    what.what->import(there);
    there.send({to, {}}, std::move(what));
  });
}

void link_end::tell(std::function<void(link_end& there)> what) {
  carry([this, what = std::move(what)] { what(*other_); });
}

void link_end::ended(actor_no who) {
  if (!other_->knows(who)) return;
  carry([this, who] {
    other_->gone_.insert(who);
    other_->home_.gone({who, other_->number_});
  });
}

void link_end::carry(task what) {
  if (over_ || other_->deaf_) return;
  last_ = std::max(last_, world_.time.now() + world_.wire_time());
  world_.time.at(last_, [this, what = std::move(what)]() mutable {
    world_.count();
    other_->arrive(std::move(what));
  });
}

void link_end::arrive(task what) {
  if (deaf_ || over_) return;
  arrived_.push_back(std::move(what));
  home_.later({}, [this] { unpack(); });
}

// An end that isn't open yet keeps what has arrived; one that never will be hears of the link's end all the same.
void link_end::unpack() {
  while (open_ && !arrived_.empty()) {
    auto next = std::move(arrived_.front());
    arrived_.pop_front();
    next();
  }
  if (ending_) end();
}

void link_end::end() {
  if (std::exchange(over_, true)) return;
  deaf_ = true;
  arrived_.clear();
  world_.say([&] { return home_.name().value + ": link to " + other_->home_.name().value + " is down"; });
  if (std::exchange(open_, false)) home_.closed(*this);
  user_->link_down(*this);
}

// Nothing more comes, and the end hears of it then.
void link_end::hang_up(core::mono_time when) {
  world_.time.at(when, [this] {
    deaf_ = ending_ = true;
    home_.later({}, [this] { unpack(); });
  });
}

void link_end::close() {
  if (over_) return;
  other_->hang_up(std::max(last_, world_.time.now() + world_.wire_time()));
  deaf_ = true;
  arrived_.clear();
  home_.later({}, [this] { end(); });
}

// ---- all of them

std::pair<link_end*, link_end*> network::connect(process& one, std::shared_ptr<link_user> of_one, process& other,
                                                 std::shared_ptr<link_user> of_other) {
  const auto add = [&](process& home, std::shared_ptr<link_user> user) {
    ends_.push_back(std::make_unique<link_end>(world_, link_no{ends_.size() + 1}, home, std::move(user)));
    return ends_.back().get();
  };
  auto* const here = add(one, std::move(of_one));
  auto* const there = add(other, std::move(of_other));
  here->other_ = there;
  there->other_ = here;
  return {here, there};
}

link_end* network::find(link_no number) const { return ends_[number.value - 1].get(); }

bool network::reachable(const core::node_name& one, const core::node_name& other) const {
  return !parted_.contains(pair_of(one, other));
}

template <class Which>
void network::for_each_end(Which which) {
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (!ends_[i]->over()) which(*ends_[i]);
}

void network::part(const core::node_name& one, const core::node_name& other) {
  parted_.insert(pair_of(one, other));
  for_each_end([&](link_end& end) {
    if (pair_of(end.home().name(), end.other().home().name()) != pair_of(one, other)) return;
    end.deaf_ = true;
    end.hang_up(world_.time.now() + world_.random.between(silence, silence + look));
  });
}

void network::mend() { parted_.clear(); }

void network::cut(const core::node_name& one, const core::node_name& other) {
  for_each_end([&](link_end& end) {
    if (pair_of(end.home().name(), end.other().home().name()) != pair_of(one, other)) return;
    end.deaf_ = true;
    end.hang_up(world_.time.now() + world_.random.between(microseconds{0}, milliseconds{300}));
  });
}

void network::give_up(const process& lost) {
  const bool with_its_machine = world_.random.one_in(3);
  for_each_end([&](link_end& end) {
    if (&end.home() != &lost) return;
    auto& other = *end.other_;
    if (with_its_machine) {
      other.deaf_ = true;
      other.hang_up(world_.time.now() + world_.random.between(silence, silence + look));
    } else {
      other.hang_up(std::max(end.last_, world_.time.now() + world_.wire_time()));
    }
    end.over_ = true;
  });
}

void network::tire_of(const process& silent) {
  for_each_end([&](link_end& end) {
    if (&end.other().home() != &silent) return;
    end.home().later(world_.random.between(silence, silence + look), [&end, &silent] {
      if (silent.stands_still()) end.close();
    });
  });
}

}  // namespace greenroom::simulation
