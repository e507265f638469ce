#pragma once
#include <memory>

#include "actors/relay_actor.hpp"

namespace greenroom::actors {

/// Something that isn't stored, as the listeners of a relay hear it: all of them, or those whom it names. The
/// connection that said it doesn't, for it knows; but to oneself one speaks to hear.
[[nodiscard]] std::shared_ptr<core::encoded_event> encode_passing(const relay_state& st,
                                                                  const core::note_passing& note);

}  // namespace greenroom::actors
