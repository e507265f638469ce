#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace greenroom::edge {

/// Whether a page of `origin` (RFC 6454) may connect to `scheme://host`: no Origin at all, the same one, or one of
/// those allowed. Compared exactly, but for ASCII case and for the scheme's own port, which need not be said (RFC 6454
/// section 6.2, RFC 9110 section 4.2.3).
[[nodiscard]] bool origin_allowed(std::string_view origin, std::string_view scheme, std::string_view host,
                                  const std::vector<std::string>& allowed);

}  // namespace greenroom::edge
