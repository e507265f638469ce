#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/names.hpp"
#include "core/ports.hpp"
#include "net/http/exchange.hpp"
#include "net/hub.hpp"
#include "net/outlet.hpp"
#include "net/stream.hpp"
#include "net/ws_reader.hpp"

namespace greenroom::net {

/// Bounds and times of a websocket.
struct ws_settings {
  std::size_t message_bytes = core::max_frame_bytes;  ///< of one message of the client's; above: 1009
  std::uint32_t window = 128;                         ///< messages handed up and not released; then it reads no more
  int pongs_a_tick = 100;                             ///< a client that pings more often than that: 1008
  core::milliseconds ping_every{20'000};              ///< without a byte from the client
  core::milliseconds idle_after{60'000};              ///< without a byte from the client: 4408
  core::milliseconds handshake_for{5'000};            ///< to get the answer to the upgrade out
  core::milliseconds close_for{2'000};                ///< for the other side's part of a close
  core::milliseconds stall_after{30'000};             ///< without taking a byte, while some wait: 1013
};

/// A server's end of a websocket (RFC 6455), over plain TCP or TLS: the answer to the handshake, reading and control
/// frames; all writing through the outbox. Text only, no extension. Its owner hears of it on its io thread; its client
/// port is thread safe. While it is idle it holds 256 bytes for reading: all connections of an io thread share one
/// large buffer.
///
///     prepared ──► open ── close ──► closing ── the client's close frame ──► lingering ──► gone
///                   └── the client closes, breaks the protocol ───────────────►┘ until it is read to its end
///
/// A broken socket, the end of a wait or `cut` lead to gone at once. `closed` is said there, once.
class ws_connection final : public outlet, public core::client {
 public:
  /// Takes over a socket whose upgrade was read, on the slot that `id` names. `subprotocol` is the one chosen of
  /// those offered; empty: none. The settings are shared: of ten thousand connections each would have its own.
  /// `counted_as` is the client's key in limits (`http::exchange::limit_key`).
  [[nodiscard]] static std::shared_ptr<ws_connection> make(hub& hub, core::connection_id id, http::upgraded upgrade,
                                                           std::string subprotocol,
                                                           std::shared_ptr<const ws_settings> settings,
                                                           std::string_view counted_as);
  ~ws_connection() override;

  /// Answers the upgrade, and begins to read. Once, on the socket's io thread. Frames sent before go out after
  /// the answer.
  void start(std::shared_ptr<core::client_owner> owner);

  void send(std::string frames) override;
  void hint(std::string frames) override;
  void send_gap(core::topic_id topic, core::seq_no from, core::seq_no to, std::string frames) override;
  void close(core::ec why, std::string_view reason) override;
  void release(std::uint32_t count) override;
  void ask_room(core::answer_kind what) override;
  void return_room(std::uint32_t count) override;

 private:
  enum class phase : std::uint8_t { prepared, open, closing, lingering, gone };
  struct readers;
  struct upgrade_asked {
    http::upgraded upgrade;
    std::string subprotocol;
    std::vector<client_call::any> early{};  ///< came before `start`, in order
  };

  ws_connection(hub& hub, core::connection_id id, http::upgraded&& upgrade, std::string&& subprotocol,
                std::shared_ptr<const ws_settings>&& settings, std::string_view counted_as);

  int handle() override;
  void await_writable() override;
  void overflowed() override;
  void drained() override;
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to) override;
  void written() override;
  void broken() override;
  void carry_out(client_call::any& what) override;
  void tick(core::mono_time now) override;
  void cut() override;

  std::shared_ptr<ws_connection> self();
  void call(client_call::any what);
  void run(client_call::send& what);
  void run(client_call::hint& what);
  void run(client_call::send_gap& what);
  void run(client_call::close& what);
  void run(client_call::release& what);
  void run(client_call::ask_room& what);
  void run(client_call::return_room& what);
  void answer_upgrade(const upgrade_asked& asked);
  void read();
  void await_readable();
  void await_records();
  void read_records();
  void got(std::size_t count);
  void take(std::span<char> bytes);
  void ended();
  [[nodiscard]] bool take_frames();
  void answer_ping(std::string_view payload);
  void grant();
  void take_back(std::uint32_t count);
  [[nodiscard]] bool stalled(core::mono_time at);
  void hand_over_soon();
  void hand_over();
  void goodbye(std::uint16_t code);
  void close_with(std::uint16_t code, std::string_view reason);
  void begin_end(phase next);
  void linger();
  void say_end();
  void discard();
  void vanish_soon();
  void vanish();

  // The members that a write needs come first (net/hub_shard: prefetch).
  stream socket_;
  phase phase_ = phase::prepared;
  bool reading_ = false;  ///< waits for bytes, or is reading them
  bool heard_ = false;    ///< bytes came since the last tick
  bool half_closed_ = false;

  std::shared_ptr<const ws_settings> settings_;
  std::weak_ptr<hub_shard> foreign_shard_;  ///< for other threads
  hub_shard& shard_;                        ///< for the io thread
  std::shared_ptr<core::client_owner> owner_;
  std::unique_ptr<upgrade_asked> asked_;  ///< until `start`
  admission admitted_;

  std::array<char, 256> first_;  ///< the beginning of the next read's bytes; mostly all of them
  ws_reader reader_;
  std::vector<std::string> inbox_;
  std::uint32_t unreleased_ = 0;
  int pongs_ = 0;  ///< since the last tick
  int pings_ = 0;  ///< since bytes came
  core::mono_time heard_at_;
  core::mono_time deadline_;  ///< of the handshake, or of the close

  std::optional<core::answer_kind> wanted_;  ///< a long answer that there is no room for yet
  std::uint32_t granted_ = 0;                ///< long answers that are being made
  std::uint64_t taken_ = 0;                  ///< by the socket, at `taken_at_`
  core::mono_time taken_at_;                 ///< then it had taken something since the last tick, or nothing waited
};

}  // namespace greenroom::net
