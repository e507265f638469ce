#include "test/simulation/store.hpp"

namespace greenroom::simulation {

store::statement_fate store::draw(const core::node_name& from, bool fenced) {
  auto& random = world_.random;
  statement_fate out;
  out.happens_in = random.between(microseconds{100}, microseconds{1500});
  if (const auto away = away_.find(from); away != away_.end() && away->second > world_.time.now()) {
    const auto left = std::chrono::duration_cast<microseconds>(away->second - world_.time.now());
    if (random.one_in(3)) {
      out.why = core::ec::unavailable;
      out.happens = false;
    } else {
      out.happens_in += left;
    }
  }
  const auto luck = random.below(1000);
  if (luck < now.late) out.happens_in += random.between(microseconds{0}, seconds{2});
  out.answered_in = out.happens_in + random.between(microseconds{50}, microseconds{500});
  if (luck >= now.late && luck < now.late + now.refused) {
    out.why = core::ec::unavailable;
    out.happens = false;
  } else if (luck >= now.late + now.refused && luck < now.late + now.refused + now.lost) {
    out.why = core::ec::unknown_outcome;
    out.happens = !random.one_in(3);
    if (fenced && random.one_in(3)) out.happens_in = out.answered_in + random.between(microseconds{0}, seconds{3});
  }
  return out;
}

}  // namespace greenroom::simulation
