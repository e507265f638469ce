#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/messages/log.hpp"
#include "core/roster.hpp"

namespace greenroom::simulation {

/// A fault on purpose: judges posts when they arrive. Those that may be written then get by the room in disguise, under
/// a name of which it knows nothing.
class early_judge {
 public:
  explicit early_judge(core::room_opened opened) : known_(opened, {}) {}

  /// The room was read again.
  void reopened(core::room_opened opened) { known_ = core::roster(opened, {}); }
  /// An act went to the journal, which answers before the next one.
  void sent(const core::room_entry& act, std::shared_ptr<const core::act_effect> effect);
  void answered(bool stored);

  void judge(core::post_batch& batch, core::wall_time now) const;
  /// Undoes the disguise.
  static void unmask(std::vector<core::room_entry>& entries);

 private:
  core::roster known_;
  core::room_entry act_;
  std::shared_ptr<const core::act_effect> effect_;
};

}  // namespace greenroom::simulation
