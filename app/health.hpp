#pragma once

#include <chrono>
#include <string>

#include "app/config.hpp"

namespace greenroom::app {

/// The URL that a health check of this process asks when it is given none: its first role of gateway, chat, users and
/// discovery, on loopback where it listens on every address; https where that is a gateway with a certificate.
[[nodiscard]] std::string health_url(const config& settings);

/// `greenroom health`: asks `/readyz` of an `http://` or `https://HOST[:PORT]` URL once; a certificate isn't checked.
/// Exit code: 0 for 200; 1, with the reason on stderr, for another answer or none within the patience; 2 for an invalid
/// URL.
[[nodiscard]] int health(const std::string& url, std::chrono::milliseconds patience = std::chrono::seconds{3});

}  // namespace greenroom::app
