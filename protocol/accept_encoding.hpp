#pragma once
#include <string_view>

namespace greenroom::protocol {

/// The content codings in which a file may be sent (RFC 9110 section 8.4.1, RFC 7932).
enum class content_coding { identity, gzip, br };

/// `gzip`, `br`; empty for identity, which no field names.
[[nodiscard]] std::string_view to_string(content_coding coding) noexcept;

/// The coding that the client likes best among those that there are (RFC 9110 section 12.5.3), by its weights; between
/// equals br before gzip before identity. `accept` has all lines of Accept-Encoding, with commas between them; empty:
/// identity. A member with a weight that is none counts as absent. Where the client takes nothing of what there is, it
/// gets identity all the same: more use than a refusal.
[[nodiscard]] content_coding choose_coding(std::string_view accept, bool has_gzip, bool has_br) noexcept;

}  // namespace greenroom::protocol
