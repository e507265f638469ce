#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"

/// Bytes encoded for sockets. A voice is a dialect, its negotiated features, and the framing of its transport; every
/// event of a room is encoded once for each voice that listens there (protocol/voice.hpp).
namespace greenroom::core {

/// The number of a voice: small, and the same for all connections that hear the same bytes.
enum class voice_id : std::uint8_t {};

/// How a connection hears, as far as hubs must know.
struct hearing {
  voice_id voice{};
  bool has_gaps = false;  ///< a slow one is told what it missed; without this it is cut off
};

/// One value for each voice that has any. There are few: a search from the front is quicker than a table.
template <class T>
class by_voice {
 public:
  /// The value of this voice, which it has from now on.
  [[nodiscard]] T& operator[](voice_id voice) {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one.first == voice; });
    return at != all_.end() ? at->second : all_.emplace_back(voice, T{}).second;
  }
  /// The value of this voice; null where it has none.
  [[nodiscard]] const T* find(voice_id voice) const noexcept {
    for (const auto& [known, value] : all_)
      if (known == voice) return &value;
    return nullptr;
  }

 private:
  std::vector<std::pair<voice_id, T>> all_;
};

/// Events in one voice, one after the other, as they go to sockets: the framing is there already.
struct encoded {
  std::string bytes;
  std::vector<std::uint32_t> ends;  ///< event i ends before byte `ends[i]`

  /// Ends an event: all that was appended to `bytes` since the last call; some frames, or none.
  void end_event() { ends.push_back(static_cast<std::uint32_t>(bytes.size())); }
  /// Where event `i` begins; of the one behind the last: where that ends.
  [[nodiscard]] std::uint32_t begin_of(std::size_t i) const noexcept { return i == 0 ? 0 : ends[i - 1]; }
};

/// The frame that one connection gets in place of entry `index`: its own message, with its id; no bytes where it isn't
/// to hear that entry.
struct personal_frame {
  connection_id connection;
  std::uint32_t index = 0;
  std::string bytes;
};

/// A room's batch, encoded once for each voice. Event i of each is entry `first` + i.
struct encoded_batch {
  seq_no first;
  std::uint32_t count = 0;
  by_voice<encoded> text;
  std::vector<personal_frame> personal;  ///< ordered by connection, then index
};

/// An event that is no entry: its bytes for each voice, but for connections with some of their own.
struct encoded_event : by_voice<std::string> {
  std::vector<std::pair<connection_id, std::string>> personal{};  ///< mostly none
};

}  // namespace greenroom::core
