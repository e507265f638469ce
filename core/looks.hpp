#pragma once
#include "core/time.hpp"

namespace greenroom::core {

/// Puts together how somebody looks: on one node from their connections, at their home from their nodes. `Face` has
/// `bot oper since realname ident`, as those have that are added.
template <class Face>
class looks {
 public:
  explicit looks(Face& of) : of_(of) {}

  void add(const auto& one) {
    of_.bot = of_.bot || one.bot;
    of_.oper = of_.oper || one.oper;
    if (of_.since == wall_time{} || (one.since != wall_time{} && one.since < of_.since)) of_.since = one.since;
    if (!one.realname.empty()) of_.realname = one.realname;
    if (one.ident.empty() || (!of_.ident.empty() && one.since >= named_)) return;
    of_.ident = one.ident;
    named_ = one.since;
  }

 private:
  Face& of_;
  wall_time named_{};  ///< since when the one is there by whose ident they go: the oldest that has one
};

}  // namespace greenroom::core
