#include "actors/errors.hpp"

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <memory>
#include <string>

namespace greenroom::actors {

caf::error to_caf(const core::error& why) {
  const auto retry_after = static_cast<std::uint32_t>(why.retry_after);
  return {static_cast<std::uint8_t>(why.code), caf::atom("greenroom"),
          why.because ? caf::make_message(why.detail, retry_after, *why.because)
                      : caf::make_message(why.detail, retry_after)};
}

core::error from_caf(const caf::error& why) {
  if (why.category() == caf::atom("greenroom")) {
    core::error out{static_cast<ec>(why.code()), {}, 0};
    const auto& context = why.context();
    const bool has_sanction = context.match_elements<std::string, std::uint32_t, core::sanction>();
    if (has_sanction || context.match_elements<std::string, std::uint32_t>()) {
      out.detail = context.get_as<std::string>(0);
      out.retry_after = context.get_as<std::uint32_t>(1);
    }
    if (has_sanction) out.because = std::make_shared<const core::sanction>(context.get_as<core::sanction>(2));
    return out;
  }
  if (why == caf::sec::request_timeout || why == caf::sec::request_receiver_down ||
      why == caf::sec::remote_lookup_failed || why == caf::sec::cannot_connect_to_node)
    return {ec::unavailable, {}, 0};
  return {ec::internal, {}, 0};
}

}  // namespace greenroom::actors
