#pragma once
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace greenroom::net {

/// A socket of one of the pool's contexts. The context's type is part of it: waiting on Asio's own, which may belong to
/// any executor, takes a third more memory and calls through pointers.
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

}  // namespace greenroom::net
