#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"

/// Passwords as RFC 8265 section 4.2 (OpaqueString) compares them.
namespace greenroom::core {

/// The one form of all strings that are the same password: spaces of any kind become U+0020, then Unicode normalization
/// form C. `bad_password` for an empty string, for malformed UTF-8, and for code points that the FreeformClass
/// (RFC 8264 section 4.3) disallows: controls, unassigned and private ones, conjoining jamo, invisible ones. The
/// contextual rules of RFC 5892 aren't applied: they could only refuse more.
[[nodiscard]] result<std::string> opaque_string(std::string_view typed);

/// A password in the forms from which its hash may have been made.
struct password_forms {
  std::string prepared;  ///< the opaque string; the typed one, where that has none
  std::string typed;     ///< the typed string, if it is another one; else empty
};

/// The forms of a password to compare with a stored hash. Hashes that are older than the preparation were made from the
/// typed string, so that one is tried, too.
[[nodiscard]] password_forms forms_of(std::string typed);

}  // namespace greenroom::core
