#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/hub.hpp"
#include "test/net/ws_fixture.hpp"

namespace greenroom::net::test {

inline constexpr core::topic_id room{7};
inline constexpr core::hearing json{core::voice_id{4}, true}, lines{core::voice_id{2}, false};

inline std::string frames_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += server_text(text);
  return out;
}

inline void put(core::encoded& to, const std::string& text) {
  to.bytes += server_text(text);
  to.end_event();
}

/// Entries `first` to `first + count - 1`; entry n is "jN", and "lN" in lines, padded to `size` bytes.
inline std::shared_ptr<core::encoded_batch> batch(std::uint64_t first, std::uint32_t count, std::size_t size = 0) {
  auto out = std::make_shared<core::encoded_batch>();
  out->first = {first};
  out->count = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string number = std::to_string(first + i);
    if (number.size() < size) number.append(size - number.size(), '.');
    put(out->text[lines.voice], "l" + number);
    put(out->text[json.voice], "j" + number);
  }
  return out;
}

inline std::shared_ptr<const core::encoded_event> event(const std::string& text) {
  auto out = std::make_shared<core::encoded_event>();
  (*out)[json.voice] = server_text(text);
  return out;
}

inline std::uint64_t number_in(const std::string& text) { return std::stoull(text.substr(1)); }

/// Readers of a hub; each test holds over plain TCP and over TLS.
class hub_fixture : public ws_fixture, public ::testing::WithParamInterface<bool> {
 protected:
  hub_fixture() { secure_ = GetParam(); }
  websocket join(core::hearing hears, std::uint64_t next = 1, how with = {}) {
    websocket one = connect(std::move(with));
    hub_->listen(room, one.connection->id(), hears);
    hub_->open(room, one.connection->id(), {}, {next});
    return one;
  }
};

}  // namespace greenroom::net::test
