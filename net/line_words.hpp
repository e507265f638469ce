#pragma once
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"

namespace greenroom::net {

/// The words of a protocol of lines that the socket itself says, each with its end.
class line_words {
 public:
  virtual ~line_words() = default;

  /// The line that ends a connection for this reason.
  [[nodiscard]] virtual std::string goodbye(core::ec why, std::string_view reason) const = 0;
  /// The line after which a client is cut off that sends one without an end.
  [[nodiscard]] virtual std::string endless() const = 0;
  /// The line that asks whether the client is there.
  [[nodiscard]] virtual std::string ping() const = 0;
  /// The line whose answer says that all before it has come; it brings back that time. Empty: there is no such word.
  [[nodiscard]] virtual std::string check(core::mono_time at) const = 0;
};

}  // namespace greenroom::net
