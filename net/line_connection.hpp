#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/client_socket.hpp"
#include "net/line_splitter.hpp"
#include "net/line_words.hpp"

namespace greenroom::net {

/// A server's end of a connection of text lines, over plain TCP or TLS whose handshake is over: each line goes up
/// without its end. A line longer than `message_bytes`, which counts its end, closes the connection.
class line_connection final : public client_socket {
 public:
  /// Takes over a socket, on the slot that `id` names, and the bytes `read_ahead` that were read from it.
  /// `counted_as` is the client's key in limits. Settings and words are shared by all of a listener's.
  [[nodiscard]] static std::shared_ptr<line_connection> make(hub& hub, core::connection_id id, stream socket,
                                                             admission admitted, std::string read_ahead,
                                                             std::shared_ptr<const client_socket_settings> settings,
                                                             std::shared_ptr<const line_words> words,
                                                             std::string_view counted_as);

 private:
  line_connection(hub& hub, core::connection_id id, stream&& socket, admission&& admitted, std::string&& read_ahead,
                  std::shared_ptr<const client_socket_settings>&& settings, std::shared_ptr<const line_words>&& words,
                  std::string_view counted_as);

  void begin() override;
  void take_bytes(std::span<char> bytes) override { splitter_.take(bytes); }
  [[nodiscard]] found next() override;
  void keep() override { splitter_.keep(); }
  void stop_reading() override { splitter_.stop(); }
  [[nodiscard]] std::string goodbye(core::ec why, std::string_view reason) const override;
  [[nodiscard]] std::string last_words() const override { return words_->endless(); }
  [[nodiscard]] slice ping() const override;
  [[nodiscard]] std::string check(core::mono_time at) const override { return words_->check(at); }

  line_splitter splitter_;
  std::shared_ptr<const line_words> words_;
  std::string read_ahead_;  ///< until `begin`
};

}  // namespace greenroom::net
