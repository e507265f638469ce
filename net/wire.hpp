#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace greenroom::net {

/// What a wire's owner does for it.
class wire_end {
 public:
  /// Takes bytes that Beast wants written, whole frames in one piece. What has no room is the owner's to act upon.
  virtual void write(std::string bytes) = 0;
  /// Everything that was read is dealt with: a read of the socket has begun.
  virtual void reading() = 0;

 protected:
  ~wire_end() = default;
};

/// The layer below Beast's websocket: reads are the socket's, writes go to the connection's outbox, so that Beast's
/// answer, pongs and close frames and our own frames have one writer and can't get into one another.
class wire {
 public:
  using executor_type = boost::asio::io_context::executor_type;

  /// `early` was read already, and comes before what the socket brings.
  wire(boost::asio::ip::tcp::socket socket, std::string early, boost::asio::io_context& context, wire_end& end)
      : socket_(std::move(socket)), early_(std::move(early)), executor_(context.get_executor()), end_(&end) {}

  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

  /// As Asio's AsyncReadStream.
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (early_.empty())
      socket_.async_read_some(buffers, std::forward<Handler>(handler));
    else
      finish(std::forward<Handler>(handler), take_early(*boost::asio::buffer_sequence_begin(buffers)));
    end_->reading();
  }

  /// As Asio's AsyncWriteStream; done as soon as the outbox has a copy.
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::string bytes(boost::asio::buffer_size(buffers), '\0');
    boost::asio::buffer_copy(boost::asio::buffer(bytes), buffers);
    const std::size_t size = bytes.size();
    end_->write(std::move(bytes));
    finish(std::forward<Handler>(handler), size);
  }

 private:
  template <class Handler>
  void finish(Handler&& handler, std::size_t bytes) {
    boost::asio::post(executor_, boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                                  boost::system::error_code{}, bytes));
  }
  std::size_t take_early(boost::asio::mutable_buffer into);

  boost::asio::ip::tcp::socket socket_;
  std::string early_;
  executor_type executor_;
  wire_end* end_;
};

/// What Beast does when a wait of its own ends; the connection has its own waits, so there are none.
void beast_close_socket(wire& which);

/// Beast's end of a websocket: done at once, because the connection lingers by itself.
template <class Handler>
void async_teardown(boost::beast::role_type, wire& which, Handler&& handler) {
  boost::asio::post(which.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler), boost::system::error_code{}));
}

}  // namespace greenroom::net
