#include "discovery/link_scribe.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream.hpp>
#include <caf/make_counted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace greenroom::discovery {
namespace {

namespace io = caf::io::network;

// The channel as CAF's stream: its socket in CAF's loop, and its own way to read and write.
class link_stream final : public io::stream {
 public:
  link_stream(io::default_multiplexer& loop, net::link_channel_ptr channel)
      : stream(loop, channel->take_socket()), channel_(std::move(channel)) {}

  // Writes what there is room for at once; CAF's loop does the rest.
  void write_out(caf::io::scribe* owner) {
    auto& out = wr_buf();
    if (!state_.writing) {
      const auto sent = channel_->write_some(out.data(), out.size());
      if (!sent) return;  // CAF sees the socket's end itself
      out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*sent));
      under_way_ = out.size();
      channel_->hold(under_way_);
      return flush(owner);
    }
    channel_->hold(under_way_ + out.size());
  }

  void handle_event(io::operation what) override { handle_event_impl(what, *this); }

  // ---- CAF's policy
  io::rw_state read_some(std::size_t& count, io::native_socket, void* to, std::size_t size) {
    const auto got = channel_->read_some(static_cast<char*>(to), size);
    count = got.value_or(0);
    if (!got) return io::rw_state::failure;
    return count > 0 ? io::rw_state::success : io::rw_state::indeterminate;
  }
  io::rw_state write_some(std::size_t& count, io::native_socket, const void* from, std::size_t size) {
    const auto sent = channel_->write_some(static_cast<const char*>(from), size);
    count = sent.value_or(0);
    if (!sent) return io::rw_state::failure;
    under_way_ = size - count;
    channel_->hold(under_way_ + wr_buf().size());
    if (under_way_ == 0) under_way_ = wr_buf().size();  // CAF continues with these
    return io::rw_state::success;                       // also where there was no room: else CAF would drop it
  }
  [[nodiscard]] bool must_read_more(io::native_socket, std::size_t) const { return channel_->holds_input(); }

 private:
  net::link_channel_ptr channel_;
  std::size_t under_way_ = 0;  // bytes that CAF took from `wr_buf` and that aren't written
};

class link_scribe final : public caf::io::scribe {
 public:
  link_scribe(io::default_multiplexer& loop, net::link_channel_ptr channel)
      : scribe(io::conn_hdl_from_socket(channel->socket())), stream_(loop, std::move(channel)) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true)) stream_.start(this);
  }
  void ack_writes(bool enable) override { stream_.ack_writes(enable); }
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  // CAF's broker flushes after each message. Flushing once after all its messages is early enough.
  void flush() override {
    if (std::exchange(flushing_, true)) return;
    stream_.backend().post([self = caf::intrusive_ptr<link_scribe>(this)] {
      self->flushing_ = false;
      self->stream_.write_out(self.get());
    });
  }
  void graceful_shutdown() override {
    stream_.write_out(this);
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }
  std::string addr() const override { return "link"; }
  std::uint16_t port() const override { return 0; }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

 private:
  bool launched_ = false;
  bool flushing_ = false;
  link_stream stream_;
};

}  // namespace

caf::io::scribe_ptr make_link_scribe(caf::actor_system& system, net::link_channel_ptr channel) {
  auto& loop = dynamic_cast<io::default_multiplexer&>(system.middleman().backend());
  return caf::make_counted<link_scribe>(loop, std::move(channel));
}

}  // namespace greenroom::discovery
