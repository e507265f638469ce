#pragma once
#include <memory>
#include <string>

#include "core/voice.hpp"
#include "protocol/dialect.hpp"

namespace greenroom::protocol {

/// The encoding for a connection: a dialect, its negotiated features, and the framing of its transport. Connections of
/// one voice get the same bytes, so a relay encodes once for all of them. Immutable and thread safe.
class voice {
 public:
  /// `speaks` outlives it. No two voices of a process have the same `id` (edge/voices.hpp).
  voice(const dialect& speaks, features with, framing how, core::voice_id id) noexcept
      : speaks_(speaks), with_(with), framing_(how), id_(id) {}

  /// The dialect, also for the connection's commands.
  [[nodiscard]] const protocol::dialect& dialect() const noexcept { return speaks_; }
  /// The part of it that hubs must know.
  [[nodiscard]] core::hearing hearing() const noexcept { return {id_, speaks_.has_gaps()}; }
  [[nodiscard]] core::voice_id id() const noexcept { return id_; }
  /// Whether this is the voice of these three.
  [[nodiscard]] bool is_of(const protocol::dialect& speaks, features with, framing how) const noexcept {
    return &speaks_ == &speaks && with_ == with && framing_ == how;
  }

  /// Appends the frames of the event to `out`: some, or none.
  void encode(const core::client_event& event, std::string& out) const;
  /// The frames of the event: some, or none.
  [[nodiscard]] std::string encoded(const core::client_event& event) const;

 private:
  const protocol::dialect& speaks_;
  features with_;
  framing framing_;
  core::voice_id id_;
};

using voice_pointer = std::shared_ptr<const voice>;

}  // namespace greenroom::protocol
