#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/client_socket.hpp"
#include "net/http/exchange.hpp"
#include "net/line_words.hpp"
#include "net/ws_reader.hpp"

namespace greenroom::net {

using ws_settings = client_socket_settings;

/// The language of a websocket.
struct ws_speech {
  std::string subprotocol{};                 ///< chosen of those offered; empty: none
  ws_messages messages = ws_messages::text;  ///< of both sides
  /// The last words of a protocol of lines, each a message before the close frame; null: there are none.
  std::shared_ptr<const line_words> words{};
};

/// A server's end of a websocket (RFC 6455): the answer to the handshake, messages and control frames. No extension.
/// Closed as too slow is 1013, as idle 4408, for a message that is too long 1009.
class ws_connection final : public client_socket {
 public:
  /// Takes over a socket whose upgrade was read, on the slot that `id` names. `counted_as` is the client's key in
  /// limits (`http::exchange::limit_key`).
  [[nodiscard]] static std::shared_ptr<ws_connection> make(hub& hub, core::connection_id id, http::upgraded upgrade,
                                                           ws_speech speech,
                                                           std::shared_ptr<const ws_settings> settings,
                                                           std::string_view counted_as);
  ~ws_connection() override;

 private:
  struct upgrade_asked;

  ws_connection(hub& hub, core::connection_id id, http::upgraded&& upgrade, ws_speech&& speech,
                std::shared_ptr<const ws_settings>&& settings, std::string_view counted_as);

  void begin() override;
  void take_bytes(std::span<char> bytes) override { reader_.take(bytes); }
  [[nodiscard]] found next() override;
  void keep() override { reader_.keep(); }
  void stop_reading() override { reader_.stop(); }
  [[nodiscard]] std::string goodbye(core::ec why, std::string_view reason) const override;
  [[nodiscard]] std::string last_words() const override;
  [[nodiscard]] slice ping() const override;
  [[nodiscard]] std::string check(core::mono_time at) const override;
  void ticked() override { pongs_ = 0; }
  void answer_ping(std::string_view payload);
  [[nodiscard]] std::string as_message(std::string_view line) const;

  int pongs_a_tick_;
  int pongs_ = 0;  ///< since the last tick
  std::uint16_t ended_with_ = 0;
  ws_messages messages_;
  ws_reader reader_;
  std::shared_ptr<const line_words> words_;
  std::unique_ptr<upgrade_asked> asked_;  ///< until `begin`
};

}  // namespace greenroom::net
