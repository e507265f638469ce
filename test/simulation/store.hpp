#pragma once
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "test/simulation/world.hpp"

namespace greenroom::simulation {

/// A database's faults: how many out of a thousand statements meet each of them.
struct weather {
  std::uint64_t late = 0;     ///< take up to two seconds
  std::uint64_t refused = 0;  ///< certainly do nothing
  std::uint64_t lost = 0;     ///< have no answer, and are done, or not, or later
};

/// The way from actors to a database that may be late, refuse, lose answers or be away. An actor that calls waits for
/// the answer, as its thread would; the database goes on though the caller dies.
class store {
 public:
  explicit store(world& of) : world_(of) {}

  weather now;
  /// Statements of this node wait or fail until then.
  void take_away(const core::node_name& from, core::mono_time until) { away_[from] = until; }
  void bring_back() { away_.clear(); }

  /// `ask` happens in the database, once or never; `then` gets its answer, or `unavailable` where it certainly didn't
  /// happen, or `unknown_outcome`: then it may have, or may still. `fenced`: it does nothing where something else came
  /// between, so that it may happen long after its caller has given it up.
  template <class Answer>
  void call(actor& who, bool fenced, std::function<Answer()> ask, std::function<void(core::result<Answer>)> then) {
    who.block();
    const auto fate = draw(who.home().name(), fenced);
    const auto given = std::make_shared<std::optional<Answer>>();
    const bool survives = world_.random.one_in(2);
    auto* const home = &who.home();
    if (fate.happens)
      world_.time.after(fate.happens_in, [given, ask = std::move(ask), survives, home] {
        if (survives || home->alive()) *given = ask();
      });
    world_.time.after(fate.answered_in, [given, fate, home, &who, then = std::move(then)]() mutable {
      home->later({}, [given, fate, &who, then = std::move(then)] {
        if (fate.why != core::ec::none)
          then(fate.why);
        else
          then(std::move(**given));
        who.unblock();
      });
    });
  }

 private:
  struct statement_fate {
    core::ec why = core::ec::none;
    bool happens = true;
    microseconds happens_in{};
    microseconds answered_in{};
  };
  [[nodiscard]] statement_fate draw(const core::node_name& from, bool fenced);

  world& world_;
  std::map<core::node_name, core::mono_time> away_;
};

}  // namespace greenroom::simulation
