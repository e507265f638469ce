#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/cluster.hpp"
#include "core/opaque_string.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "core/voice.hpp"

/// Interfaces between actors and the world outside CAF. `net` or a role implements those that actors call.
namespace greenroom::core {

/// Events that are no entries. A slow connection drops them, as a later one stands for them; those for which none does,
/// presence and what was erased, wait for room. Nobody waits for `passing`.
enum class latest : std::uint8_t { presence, typing, read, heads, erased, passing };

/// The hubs: a topic's listeners on this node. Thread safe; the calls of one caller take effect in their order. Frames
/// are encoded for the voice of the connection that gets them, with its framing.
class audience {
 public:
  virtual ~audience() = default;

  /// Places a closed cursor: batches are held until `open`.
  virtual void listen(topic_id topic, connection_id connection, hearing how) = 0;
  /// Sends `first` (the answer to a join and the missed entries), then everything from `next` on.
  virtual void open(topic_id topic, connection_id connection, std::string first, seq_no next) = 0;
  /// From now on an open cursor's connection hears so.
  virtual void rehear(topic_id topic, connection_id connection, hearing how) = 0;
  /// Nothing of this topic goes to the connection any more; `last` is sent before, if it isn't empty.
  virtual void leave(topic_id topic, connection_id connection, std::string last) = 0;
  /// Sends to every open cursor, each entry once and in order.
  virtual void deliver(topic_id topic, std::shared_ptr<const encoded_batch> batch) = 0;
  /// Sends to every open cursor; where one is slow, as `latest` says.
  virtual void tell(topic_id topic, latest kind, std::shared_ptr<const encoded_event> event) = 0;
  /// Entries up to `head` can't be delivered: every cursor that is behind has a hole.
  virtual void skip(topic_id topic, seq_no head) = 0;
  /// The topic has ended: sends `last` to every listener and forgets them.
  virtual void end(topic_id topic, std::shared_ptr<const encoded_event> last) = 0;
};

/// The kind of a long answer.
enum class answer_kind : std::uint8_t {
  replay,  ///< may be made as soon as it fits beside the bytes that wait
  page,    ///< is made when nothing waits any more
};

/// A socket, as its connection actor sees it. Thread safe; a closed one ignores everything. A call is carried out after
/// everything that this socket's hub was told before it (`audience`).
class client {
 public:
  virtual ~client() = default;

  /// Sends these frames, in the order of the calls. While more waits than the outbox' bound, the socket reads no
  /// commands.
  virtual void send(std::string frames) = 0;
  /// Sends these frames, in the order of the calls; drops them where half of the outbox' bound waits already. For what
  /// the client can ask for.
  virtual void hint(std::string frames) = 0;
  /// Sends the frames that name a gap of which `client_owner::missed` told, and then the entries after it, which wait
  /// for this. Nothing where the topic was left since, even if it is listened to again.
  virtual void send_gap(topic_id topic, seq_no from, seq_no to, std::string frames) = 0;
  /// Closes with the code of `why` (RFC 6455 section 7.4) and `reason`, at most 123 bytes, after what was sent before.
  virtual void close(ec why, std::string_view reason) = 0;
  /// `count` of the frames that the socket brought are handled: it reads on below its window.
  virtual void release(std::uint32_t count) = 0;
  /// Asks for room for one long answer; `client_owner::roomy` says when there is some. One question at a time.
  virtual void ask_room(answer_kind what) = 0;
  /// `count` long answers that there was room for were sent, or won't be.
  virtual void return_room(std::uint32_t count) = 0;
};

/// A connection actor, as its socket sees it. Called on the socket's io thread.
class client_owner {
 public:
  virtual ~client_owner() = default;

  /// Everything that one read brought, in order.
  virtual void received(std::vector<std::string> frames) = 0;
  /// The hub could not send these entries to this connection; entries after `to` wait for `client::send_gap`.
  virtual void missed(topic_id topic, seq_no from, seq_no to) = 0;
  /// There is room for the answer that `client::ask_room` asked for, until `client::return_room`.
  virtual void roomy() = 0;
  /// The socket is gone; the last call.
  virtual void closed() = 0;
};

// GCC 12 takes an enumerator of a scoped enum for a shadow of `core::status`.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
/// Classes of the rate limits: of requests, of frames (`send`), of acts in rooms (`act`), of new rooms (`create`), and
/// of wrong passwords of one user: from one network (`failures`), from all where they never logged in (`guesses`).
enum class limit_class : std::uint8_t { none, status, auth, api, send, create, failures, guesses, act };
#pragma GCC diagnostic pop
inline constexpr std::size_t limit_class_count = 9;
[[nodiscard]] constexpr std::string_view to_string(limit_class which) noexcept {
  constexpr std::array<std::string_view, limit_class_count> words{"none",   "status",   "auth",    "api", "send",
                                                                  "create", "failures", "guesses", "act"};
  return words[static_cast<std::size_t>(which)];
}

/// A limit's verdict on one request.
struct limit_verdict {
  bool allowed = true;
  std::uint32_t quota = 0;          ///< requests per window; 0: not limited
  std::uint32_t window_s = 0;       ///< seconds
  std::uint32_t remaining = 0;      ///< requests that would be allowed now
  std::uint32_t retry_after_s = 0;  ///< seconds until the next is allowed, rounded up, at least 1 if refused
};

/// The one limit object of a node, for requests and frames. Thread safe.
class limits {
 public:
  virtual ~limits() = default;
  /// Takes `count` from the bucket of `key` (a client's address, a user's name) in `which`; or none, and says when.
  virtual limit_verdict take(limit_class which, std::string_view key, std::uint32_t count) = 0;
};

/// Turns passwords into hashes in a bounded pool. The callback comes on a thread of the pool; `overloaded` at once.
/// Nobody else reads a hash.
class hasher {
 public:
  virtual ~hasher() = default;
  /// `password` is an opaque string (`core/opaque_string.hpp`).
  virtual void hash(std::string password, std::function<void(result<std::string>)> then) = 0;
  /// The result of a verification.
  struct verified {
    bool match = false;
    std::string better_hash;  ///< not empty: store this in its place (parameters changed, or made from another form)
    std::string scram_signature{};  ///< of `prove`: what proves to the client that this side knows it, too
  };
  /// An empty `stored` takes as long as any and never matches: for users who don't exist.
  /// A password of two forms is compared twice at most, the prepared one first, and takes as long for everybody.
  virtual void verify(password_forms password, std::string stored, std::function<void(result<verified>)> then) = 0;
  /// The same of somebody who proves to know the password without saying it (RFC 5802).
  virtual void prove(scram_proof proof, std::string stored, std::function<void(result<verified>)> then) = 0;
  /// The beginning of such a proof; nothing where the hash has no key for it.
  [[nodiscard]] virtual std::optional<scram_found> scram_of(const std::string& stored) const = 0;
};

/// Gets every new view. Called on an actor's thread; must not block.
class view_watcher {
 public:
  virtual ~view_watcher() = default;
  virtual void view_changed(const cluster_view& view) = 0;
};

/// The source of `now`. Thread safe.
class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual instant now() const = 0;
};

}  // namespace greenroom::core
