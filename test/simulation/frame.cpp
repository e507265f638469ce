#include "test/simulation/frame.hpp"

#include "core/error.hpp"
#include "test/simulation/describe.hpp"

namespace greenroom::simulation {

std::string describe(const frame& what) {
  using std::to_string;
  struct visitor {
    std::string operator()(const joined_frame& f) const {
      return "joined " + f.room.value + " head " + describe(f.generation, f.head) + " members " +
             to_string(f.members.count) + (f.recovered ? "" : " not recovered");
    }
    std::string operator()(const message_frame& f) const {
      return "message " + f.room.value + "/" + to_string(f.entry.seq.value) + " " + describe(f.entry) +
             (f.entry.client_id.empty() ? "" : " id " + f.entry.client_id) + (f.duplicate ? " duplicate" : "");
    }
    std::string operator()(const gap_frame& f) const {
      return "gap " + f.room.value + " " + to_string(f.from.value) + ".." + to_string(f.to.value);
    }
    std::string operator()(const left_frame& f) const { return "left " + f.room.value; }
    std::string operator()(const gone_frame& f) const {
      return "gone " + f.room.value + " " + std::string(core::to_string(f.reason));
    }
    std::string operator()(const unchanged_frame& f) const { return "unchanged " + f.room.value + " " + f.client_id; }
    std::string operator()(const history_frame& f) const {
      return "history " + f.room.value + " " + to_string(f.page.entries.size()) + " entries";
    }
    std::string operator()(const presence_frame& f) const { return describe(f.change); }
    std::string operator()(const news_frame& f) const {
      return "news for " + f.what.user.value + " " + f.what.room.value + std::string(f.what.text.view());
    }
    std::string operator()(const synced_frame& f) const {
      return "synced " + to_string(f.page.rooms.size()) + " rooms";
    }
    std::string operator()(const other_frame&) const { return "something"; }
    std::string operator()(const error_frame& f) const {
      return "error " + std::string(core::to_string(f.why.code)) + " " + f.room.value + " " + f.client_id;
    }
    std::string operator()(const close_frame& f) const { return "close " + std::string(core::to_string(f.why)); }
  };
  return std::visit(visitor{}, what);
}

}  // namespace greenroom::simulation
