#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/text.hpp"
#include "protocol/chat_api.hpp"

namespace greenroom::protocol {

/// A query's parameters, read by name; the first mistake stays. Unknown ones are ignored.
class query_reader {
 public:
  explicit query_reader(std::string_view query) : fields_(core::query_fields(query)) {}

  [[nodiscard]] bool ok() const noexcept { return !why_; }
  [[nodiscard]] const core::error& why() const { return *why_; }
  /// A mistake that the reader doesn't know of.
  void refuse(core::error why) {
    if (!why_) why_ = std::move(why);
  }

  /// The parameter, decoded; twice is a mistake.
  std::optional<std::string> text(std::string_view name) {
    std::optional<std::string> found;
    for (const auto& [known, value] : fields_) {
      if (known != name) continue;
      if (found) refuse({core::ec::bad_request, "`" + std::string(name) + "` is there twice.", 0});
      found = value;
    }
    return found;
  }

  /// A whole number in these bounds.
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t most) {
    const auto digits = text(name);
    if (!digits) return std::nullopt;
    const auto value = core::number_from<std::uint64_t>(*digits);
    if (!value || *value < least || *value > most)
      refuse({core::ec::bad_request,
              "`" + std::string(name) + "` must be a whole number from " + std::to_string(least) + " to " +
                  std::to_string(most) + ".",
              0});
    return value;
  }

  /// How long a page may be.
  std::uint32_t limit() { return static_cast<std::uint32_t>(number("limit", 1, max_page).value_or(default_page)); }

  /// A name to continue after; empty where there is none.
  template <class Id>
  Id after(core::status (*check)(std::string_view)) {
    const auto name = text("after");
    if (!name) return {};
    if (const auto checked = check(*name); !checked) refuse(checked.why());
    return {*name};
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
  std::optional<core::error> why_;
};

}  // namespace greenroom::protocol
