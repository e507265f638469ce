#pragma once
#include <string>
#include <string_view>
#include <typeinfo>

#include "core/client_messages.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/cluster.hpp"
#include "core/messages/log.hpp"
#include "core/messages/ownership.hpp"
#include "core/messages/room.hpp"

/// Messages in words, for the script.
namespace greenroom::simulation {

[[nodiscard]] std::string describe(const core::post_batch& what);
[[nodiscard]] std::string describe(const core::posts_answered& what);
[[nodiscard]] std::string describe(const core::room_batch& what);
[[nodiscard]] std::string describe(const core::join_room& what);
[[nodiscard]] std::string describe(const core::room_joined& what);
[[nodiscard]] std::string describe(const core::leave_room& what);
[[nodiscard]] std::string describe(const core::rejoin_room& what);
[[nodiscard]] std::string describe(const core::room_rejoined& what);
[[nodiscard]] std::string describe(const core::presence_changed& what);
[[nodiscard]] std::string describe(const core::member_removed& what);
[[nodiscard]] std::string describe(const core::compare_roster& what);
[[nodiscard]] std::string describe(const core::roster_compared& what);
[[nodiscard]] std::string describe(const core::retire_room& what);
[[nodiscard]] std::string describe(const core::room_gone& what);
[[nodiscard]] std::string describe(const core::find_room& what);
[[nodiscard]] std::string describe(const core::open_room& what);
[[nodiscard]] std::string describe(const core::room_opened& what);
[[nodiscard]] std::string describe(const core::enter_room& what);
[[nodiscard]] std::string describe(const core::create_room& what);
[[nodiscard]] std::string describe(const core::join_members& what);
[[nodiscard]] std::string describe(const core::perform_act& what);
[[nodiscard]] std::string describe(const core::act_performed& what);
[[nodiscard]] std::string describe(const core::room_entry& what);
[[nodiscard]] std::string describe(const core::find_users& what);
[[nodiscard]] std::string describe(const core::read_history& what);
[[nodiscard]] std::string describe(const core::history_page& what);
[[nodiscard]] std::string describe(const core::sync_rooms& what);
[[nodiscard]] std::string describe(const core::move_marks& what);
[[nodiscard]] std::string describe(const core::cluster_view& what);
[[nodiscard]] std::string describe(const core::node_record& what);
[[nodiscard]] std::string describe(const core::client_command& what);

/// A position in a log: "gen-seq".
[[nodiscard]] std::string describe(core::generation_id log, core::seq_no seq);
[[nodiscard]] std::string short_of(core::generation_id log);

/// A type's own name, without its namespaces.
[[nodiscard]] std::string name_of_type(const std::type_info& type);

/// What `what` says of itself, or what `describe` says of it, or its type's name.
template <class What>
[[nodiscard]] std::string text_of(const What& what) {
  if constexpr (requires { what.text(); })
    return what.text();
  else if constexpr (requires { describe(what); })
    return describe(what);
  else
    return name_of_type(typeid(What));
}

}  // namespace greenroom::simulation
