#include "telemetry/audit.hpp"

#include <array>
#include <cstddef>
#include <span>

#include "telemetry/log.hpp"

namespace greenroom::telemetry::audit {

void write(const entry& what) noexcept {
  const std::array<log::field, 8> all{{{"act", what.act},
                                       {"outcome", what.outcome},
                                       {"by", what.by},
                                       {"user", what.user},
                                       {"room", what.room},
                                       {"address", what.address},
                                       {"request_id", what.request_id},
                                       {"detail", what.detail}}};
  const std::array<std::string_view, 8> texts{what.act,  what.outcome, what.by,         what.user,
                                              what.room, what.address, what.request_id, what.detail};
  std::array<log::field, 8> said{all};
  std::size_t count = 0;
  for (std::size_t at = 0; at < all.size(); ++at)
    if (!texts[at].empty()) said[count++] = all[at];
  log::write(log::level::info, "audit", std::span<const log::field>(said.data(), count));
}

}  // namespace greenroom::telemetry::audit
