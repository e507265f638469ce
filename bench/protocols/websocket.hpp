#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "bench/protocols/protocol.hpp"

namespace greenroom::bench {

/// The client's side of RFC 6455, without extensions and fragments. What the text frames say is the dialect's.
class websocket : public protocol {
 public:
  /// `dialect` goes into Sec-WebSocket-Protocol, unless it is empty.
  websocket(const options& wanted, const names& called, std::string dialect);

  void open(std::uint32_t connection, std::string& out) final;
  std::size_t read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) final;

 protected:
  /// The upgrade was accepted.
  virtual void upgraded(std::uint32_t connection, std::string& out, events& found) = 0;
  /// A text frame came.
  virtual void heard(std::uint32_t connection, std::string_view frame, events& found) = 0;

  /// Appends a text frame that consists of the parts.
  void frame(std::string& out, std::initializer_list<std::string_view> parts) { masked(out, 1, parts); }

  const options& wanted_;
  const names& called_;

 private:
  std::size_t upgrade(std::uint32_t connection, std::string_view bytes, std::string& out, events& found);
  void masked(std::string& out, unsigned opcode, std::initializer_list<std::string_view> parts);

  std::string dialect_;
  std::vector<bool> open_;  ///< whose upgrade was accepted
  std::uint32_t mask_ = 2463534242U;
};

}  // namespace greenroom::bench
