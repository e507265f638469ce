#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "protocol/json_text.hpp"

namespace greenroom::protocol {

/// The media type of `problem`'s text (RFC 9457 section 3).
inline constexpr std::string_view problem_media_type = "application/problem+json";

/// The stable URI of an error's kind: `/docs/errors#WORD`; for `rate_limited` the registered `quota-exceeded`
/// (draft-ietf-httpapi-ratelimit-headers-10).
[[nodiscard]] std::string problem_type(core::ec code);

/// The body of an error's answer (RFC 9457): type, title, status, detail, code, request_id; what is known of the
/// sanction behind it; and `violated-policies` with `policy`, where one was violated. The details of `internal` stay
/// inside. Fields of malformed UTF-8 are left out.
[[nodiscard]] std::string problem(const core::error& why, std::string_view request_id, std::string_view policy = {});

/// The page that those URIs lead to: `GET /docs/errors` as HTML, with an anchor for every word.
[[nodiscard]] std::string error_page();

/// The text that a client may see: the error's, with what is known of the sanction behind it; the table's sentence
/// instead for `internal` or malformed UTF-8.
[[nodiscard]] std::string public_detail(const core::error& why);
/// Puts `by`, `why` and `until`, each where it is known.
void put_because(json_writer& json, const core::sanction& because);

}  // namespace greenroom::protocol
