#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"

/// The URLs of databases: judged and shown, without a database.
namespace greenroom::storage {

/// Whether `url` is `sqlite:PATH`, `memory:` or a URI of PostgreSQL as libpq reads one (PostgreSQL's documentation,
/// 34.1.1.2; `postgres://` too). `bad_request`, with the reason as the end of a sentence and without a part of the URL,
/// for anything else: also for a password with a `/` or an `@` that isn't percent-encoded, of which libpq would make
/// another host.
[[nodiscard]] core::status check_url(std::string_view url);

/// The URL as logs and `greenroom config` may show it: `***` for everything between `//` and the last `@`, which may be
/// more than a user's name and password, but never less, and for every parameter whose name ends with `password`,
/// however it is written.
[[nodiscard]] std::string masked(const std::string& url);

}  // namespace greenroom::storage
