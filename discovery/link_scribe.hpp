#pragma once
#include <caf/actor_system.hpp>
#include <caf/io/scribe.hpp>

#include "net/link_channel.hpp"

namespace greenroom::discovery {

/// A link as a connection of CAF's io, which reads and writes its channel. The output of one run of CAF's broker goes
/// out in one write. `system` has CAF's io.
[[nodiscard]] caf::io::scribe_ptr make_link_scribe(caf::actor_system& system, net::link_channel_ptr channel);

}  // namespace greenroom::discovery
