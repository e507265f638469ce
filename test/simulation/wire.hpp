#pragma once
#include <cstddef>
#include <deque>
#include <memory>

#include "core/client_messages.hpp"
#include "test/simulation/chance.hpp"
#include "test/simulation/frame.hpp"
#include "test/simulation/process.hpp"

namespace greenroom::simulation {

/// The client's end of a wire.
class wire_client {
 public:
  virtual ~wire_client() = default;
  virtual void told(const frame& what) = 0;
  virtual void wire_lost() = 0;
};
/// The edge's end.
class wire_server {
 public:
  virtual ~wire_server() = default;
  virtual void said(core::client_command what) = 0;
  virtual void writable() = 0;
  virtual void hung_up() = 0;
};

/// The connection between a client and the process that has its socket: both directions in order, until one end is
/// gone. It holds so many frames that the client hasn't read; then the socket can't be written to.
class wire : public std::enable_shared_from_this<wire> {
 public:
  wire(world& of, process& edge, std::size_t window);

  /// The two ends, once each.
  void serve(std::weak_ptr<wire_server> server);
  void use(wire_client* client);

  // ---- the client
  void say(core::client_command what);
  /// Reads no more, or goes on.
  void read(bool on);
  /// Closes; the edge hears of it within `most`.
  void hang_up(microseconds most);

  // ---- the edge
  /// False: the wire holds as much as it can.
  [[nodiscard]] bool put(frame_ptr what);
  /// The edge closes its end, or is dead: the client hears of it after what was put before.
  void close();

 private:
  void arrive(frame_ptr what);
  void read_on();

  world& world_;
  process& edge_;
  std::size_t window_;
  wire_client* client_ = nullptr;
  std::weak_ptr<wire_server> server_;
  bool reads_ = true;
  bool closed_ = false;    ///< by the edge
  bool given_up_ = false;  ///< by the client
  bool ended_ = false;     ///< and the client can see it, when it has read what was put before
  std::size_t under_way_ = 0;
  std::deque<frame_ptr> unread_;
  core::mono_time last_up_{}, last_down_{};
};

}  // namespace greenroom::simulation
