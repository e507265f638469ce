#pragma once
#include <optional>
#include <vector>

#include "core/folding.hpp"

namespace greenroom::simulation {

/// A room as a client has it that keeps all that it is told: what holds of its messages, and what it was never told.
class picture {
 public:
  explicit picture(core::user_id viewer) : viewer_(std::move(viewer)), folding_(viewer_) {}

  /// It is of this log, from that entry on: where it is of another one by now.
  void begin(core::generation_id log, core::seq_no first) {
    if (log_ == log) return;
    *this = picture(viewer_);
    log_ = log;
    first_ = first_unknown_ = first;
  }
  void hear(const core::room_entry& entry) {
    note(entry.seq);
    folding_.hear(entry);
  }
  void read(const core::history_page& page) {
    for (const auto& entry : page.entries) note(entry.seq);
    folding_.read(page);
  }
  /// The first entry, up to that one, that it was never told; nothing: it has all.
  [[nodiscard]] std::optional<core::seq_no> lacks(core::seq_no upto) const {
    for (auto seq = first_unknown_; seq <= upto; ++seq.value)
      if (seq.value >= known_.size() || !known_[seq.value]) return seq;
    return std::nullopt;
  }
  [[nodiscard]] core::generation_id log() const noexcept { return log_; }
  [[nodiscard]] core::seq_no first() const noexcept { return first_; }
  [[nodiscard]] const core::folding& folded() const noexcept { return folding_; }

 private:
  void note(core::seq_no seq) {
    if (seq.value >= known_.size()) known_.resize(seq.value + 1);
    known_[seq.value] = true;
    while (first_unknown_.value < known_.size() && known_[first_unknown_.value]) ++first_unknown_.value;
  }

  core::user_id viewer_;
  core::generation_id log_;
  core::folding folding_;
  std::vector<bool> known_;  ///< by seq
  core::seq_no first_{1}, first_unknown_{1};
};

}  // namespace greenroom::simulation
