#pragma once
#include <cstddef>
#include <string>

#include "core/ids.hpp"
#include "core/time.hpp"

/// The devices of users from which they speak IRC, so that each is told what it has missed.
namespace greenroom::core {

inline constexpr std::size_t max_devices = 100;  ///< of a user; the one that was there longest ago is forgotten

/// When was a device of the user's last there?
struct find_device {
  user_id user;
  std::string device{};  ///< as the client named it; empty: all connections that named none are one device
};
struct device_found {
  wall_time seen{};  ///< 0: it is new
};
/// A device is there, or was until then.
struct note_device {
  user_id user;
  std::string device{};
  wall_time at{};  ///< an earlier time than the one that is known changes nothing
};
/// The answer: it is durable.
struct device_noted {
  wall_time at{};  ///< as in the request
};

}  // namespace greenroom::core
