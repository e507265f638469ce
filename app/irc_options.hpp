#pragma once
#include <string>
#include <vector>

#include "app/options.hpp"
#include "core/result.hpp"
#include "edge/webirc.hpp"

namespace greenroom::app {

/// The options of IRC, for the table of all.
[[nodiscard]] std::vector<option> irc_options();

/// Complaints about settings of IRC that don't go together, or name files that can't be used.
[[nodiscard]] std::vector<std::string> irc_contradictions(const config& values);

/// The gateways in a file of `irc_webirc`; the errors of `secret_file_text`, or its first line that isn't one.
[[nodiscard]] core::result<std::vector<edge::webirc_gateway>> webirc_gateways(const std::string& path);

}  // namespace greenroom::app
