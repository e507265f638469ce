#pragma once
#include <CLI/App.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace greenroom::app::admin {

/// The arguments of `greenroom admin certs`.
struct certs_request {
  std::string folder;
  std::vector<std::string> nodes;
  std::uint32_t days = 365;  ///< that a node's certificate is valid
};

/// Adds `certs` below `admin`. `chosen` is called when the command was given, after `request` was filled.
void add_certs(CLI::App& admin, certs_request& request, const std::function<void()>& chosen);

/// Makes an authority in the folder, `ca.pem` and `ca.key`, where there is none, valid for ten years; and a certificate
/// for each node, `NAME.pem` and `NAME.key`, in place of an older one. Keys are for the owner of the files only.
/// Returns the exit status: 0, or 1 after a plain message on `complaints`.
[[nodiscard]] int run_certs(const certs_request& request, core::wall_time now, std::ostream& output,
                            std::ostream& complaints);

}  // namespace greenroom::app::admin
