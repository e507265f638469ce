#pragma once
#include "actors/node_rooms.hpp"

/// The homes of users: those on this node, and the way to the others. Runs inside the node actor.
namespace greenroom::actors {

/// A session wants to be known at its user's home, which is made where there is none; or has been passed on for that.
void take_home(node_pointer self, core::register_session& what);
/// News for a user: dropped where they have no home here, and none can be reached.
void take_home(node_pointer self, core::user_news& news);
/// A node's watcher wants to know how a user looks, or no more: for the user's home, which is made where there is none.
void take_home(node_pointer self, core::watch_user& what);
/// A connection here wants to know how users look.
void watch_for(node_pointer self, watch_people& what, const local_connection_actor& connection);
/// Asks the homes here, and those of other nodes by these, who of the users is online. A home that doesn't answer
/// within a second knows nobody.
[[nodiscard]] caf::result<core::who_are> find_out(node_pointer self, const core::who_is& asked);
/// A home has no session any more, and ends.
void let_go(node_pointer self, const core::user_id& user, const local_user_actor& home);
/// A home's actor ended: true. False: it was none.
bool home_down(node_pointer self, const caf::actor_addr& source);
/// Has the sessions here look for their homes again, now that the view isn't `before` any more.
void homes_moved_since(node_pointer self, const core::cluster_view& before);
/// The same for those whose home is at a node that can be asked again.
void homes_reached(node_pointer self, const core::node_name& peer);

}  // namespace greenroom::actors
