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
#include "net/hub.hpp"
#include "net/listener.hpp"
#include "net/outlet.hpp"
#include "net/stream.hpp"

namespace greenroom::net {

/// Bounds and times of a client's socket.
struct client_socket_settings {
  std::size_t message_bytes = core::max_frame_bytes;  ///< of one message of the client's; above: it is closed
  std::uint32_t window = 128;                         ///< messages handed up and not released; then it reads no more
  int pongs_a_tick = 100;                             ///< a client that pings more often is closed as `rate_limited`
  core::milliseconds ping_every{20'000};              ///< without a byte from the client
  core::milliseconds idle_after{60'000};              ///< without a byte from the client: closed as `idle`
  core::milliseconds check_every{0};                  ///< after bytes went out it is asked whether they came; 0: never
  core::milliseconds handshake_for{5'000};            ///< to get its first bytes out
  core::milliseconds close_for{2'000};                ///< for the other side's part of a close
  core::milliseconds stall_after{30'000};             ///< without taking a byte, while some wait: closed as `too_slow`
};

/// A client's socket at an edge, over plain TCP or TLS: reading as far as its window goes, all writing through the
/// outbox, long answers in turn, silence, and the end. Its kind knows the messages in the bytes, and which bytes say
/// what. Its owner hears of it on its io thread; its client port is thread safe. While it is idle it holds 256 bytes
/// for reading: all connections of an io thread share one large buffer.
///
///     prepared ──► open ── close ──► closing ── the client's goodbye ──► lingering ──► gone
///                   └── the client says goodbye, breaks the protocol ───────►┘ until it is read to its end
///
/// A broken socket, the end of a wait or `cut` lead to gone at once. `closed` is said there, once.
class client_socket : public outlet, public core::client {
 public:
  ~client_socket() override;

  /// Begins to write and read. Once, on the socket's io thread. Frames sent before go out after its kind's first bytes.
  void start(std::shared_ptr<core::client_owner> owner);

  void send(std::string frames) override;
  void hint(std::string frames) override;
  void send_gap(core::topic_id topic, core::seq_no from, core::seq_no to, std::string frames) override;
  void close(core::ec why, std::string_view reason) override;
  void release(std::uint32_t count) override;
  void ask_room(core::answer_kind what) override;
  void return_room(std::uint32_t count) override;

 protected:
  /// Found by a kind in the bytes that came.
  struct found {
    enum class kind : std::uint8_t {
      nothing,  ///< more bytes are needed
      message,  ///< `bytes` go to the owner
      dealt,    ///< it was for the kind itself, which has dealt with it
      end,      ///< the client said goodbye, or broke the protocol: `last_words` go out, and nothing more is read
    };
    kind what = kind::nothing;
    std::string_view bytes;  ///< until the next call
  };

  /// On the slot that `id` names. The settings are shared: of ten thousand connections each would have its own, and a
  /// kind's own stand beside them. `counted_as` is the client's key in limits (`http::exchange::limit_key`).
  client_socket(hub& hub, core::connection_id id, stream socket, admission admitted,
                std::shared_ptr<const client_socket_settings> settings, std::string_view counted_as);

  /// Puts its first bytes into the outbox (`answer`), and takes what was read with the bytes before. It may `linger`.
  virtual void begin() = 0;
  /// Takes the bytes of one read, which may be changed where they are, and stay until `keep`.
  virtual void take_bytes(std::span<char> bytes) = 0;
  /// The next item in the bytes that were taken.
  [[nodiscard]] virtual found next() = 0;
  /// Copies what was taken and not read: the bytes go.
  virtual void keep() = 0;
  /// Nothing more is read.
  virtual void stop_reading() = 0;
  /// The bytes that end it for this reason.
  [[nodiscard]] virtual std::string goodbye(core::ec why, std::string_view reason) const = 0;
  /// The bytes that answer what `found::kind::end` meant; may be none.
  [[nodiscard]] virtual std::string last_words() const = 0;
  /// The bytes that ask whether the client is there.
  [[nodiscard]] virtual slice ping() const = 0;
  /// The bytes whose answer, a message, says that all before them has come; empty: there are none.
  [[nodiscard]] virtual std::string check(core::mono_time) const { return {}; }
  /// Some seconds have passed.
  virtual void ticked() {}

  /// Bytes that answer the client itself, in their turn.
  void answer(std::string bytes);
  /// Ends it as `close` does. On its io thread.
  void end(core::ec why, std::string_view reason);
  /// Writes what waits, and reads what comes to its end.
  void linger();
  /// Like `linger`, after these bytes, which the outbox takes as they are.
  void linger_after(std::string bytes);
  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }

 private:
  enum class phase : std::uint8_t { prepared, open, closing, lingering, gone };
  struct readers;

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

  std::shared_ptr<client_socket> self();
  void call(client_call::any what);
  void run(client_call::send& what);
  void run(client_call::hint& what);
  void run(client_call::send_gap& what);
  void run(client_call::close& what);
  void run(client_call::release& what);
  void run(client_call::ask_room& what);
  void run(client_call::return_room& what);
  void read();
  void await_readable();
  void await_records();
  void read_records();
  void got(std::size_t count);
  void take(std::span<char> bytes);
  void ended();
  [[nodiscard]] bool take_messages();
  void grant();
  void take_back(std::uint32_t count);
  [[nodiscard]] bool stalled(core::mono_time at);
  void check_if_they_came(core::mono_time at);
  void hand_over_soon();
  void hand_over();
  void begin_end(phase next);
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
  bool greets_ = false;  ///< its kind's first bytes must go out in time

  std::shared_ptr<const client_socket_settings> settings_;
  std::weak_ptr<hub_shard> foreign_shard_;  ///< for other threads
  hub_shard& shard_;                        ///< for the io thread
  std::shared_ptr<core::client_owner> owner_;
  std::unique_ptr<std::vector<client_call::any>> early_;  ///< came before `start`, in order
  admission admitted_;

  std::array<char, 256> first_;  ///< the beginning of the next read's bytes; mostly all of them
  std::vector<std::string> inbox_;
  std::uint32_t unreleased_ = 0;
  int pings_ = 0;  ///< since bytes came
  core::mono_time heard_at_;
  core::mono_time deadline_;  ///< of the first bytes, or of the close

  std::optional<core::answer_kind> wanted_;  ///< a long answer that there is no room for yet
  std::uint32_t granted_ = 0;                ///< long answers that are being made
  std::uint64_t taken_ = 0;                  ///< by the socket, at `taken_at_`
  core::mono_time taken_at_;                 ///< then it had taken something since the last tick, or nothing waited
  std::uint64_t checked_ = 0;                ///< of the bytes that it has taken, so many were asked about
  core::mono_time checked_at_;
};

}  // namespace greenroom::net
