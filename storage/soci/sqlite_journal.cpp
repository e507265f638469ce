#include "storage/name_hash.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/journal_store.hpp"

namespace greenroom::storage::soci {
namespace {

using kind = append_outcome::kind;

class sqlite_journal_store final : public journal_store {
 public:
  explicit sqlite_journal_store(std::unique_ptr<database> connection) : journal_store(std::move(connection)) {}

  core::result<std::vector<core::result<core::room_opened>>> open(const std::vector<core::open_room>& rooms,
                                                                  std::uint32_t tail) override {
    using answers = std::vector<core::result<core::room_opened>>;
    return database_->transaction([&]() -> core::result<answers> {
      answers opened;
      for (const auto& wanted : rooms) opened.push_back(open_one(wanted, tail));
      return opened;
    });
  }

 protected:
  failure append_once(std::span<const pending> rooms) override {
    return database_->commit_once([&] {
      const auto version = database_->row<long long>("select version from author_fence where one = 1");
      const bool moved = std::get<0>(*version) != fence();
      bool any = false;
      for (const auto& room : rooms) {
        *room.outcome = moved ? append_outcome{kind::fenced, {}} : append_one(room);
        any = any || room.outcome->what == kind::stored;
      }
      return any;
    });
  }

  failure change_once(const member_change& change, change_outcome& outcome) override {
    return database_->commit_once([&] {
      outcome = change_now(change);
      return outcome == change_outcome::changed;
    });
  }

  failure add_authors(const std::vector<new_author>& authors) override {
    return database_->commit_once([&] {
      for (const auto& author : authors)
        database_->execute(
            "insert into authors (name, folded) select :name, :folded where not exists (select 1 from deletions "
            "where account = :account and state <> 'restored') on conflict do nothing",
            with("name", author.name), with("folded", core::folded(author.name)), with("account", author.account));
      return true;
    });
  }

  failure add_authored(const std::vector<authorship>& rows) override {
    return database_->commit_once([&] {
      for (const auto& [author, room] : rows)
        database_->execute("insert into authored (author, room) values (:author, :room) on conflict do nothing",
                           with("author", author), with("room", room));
      return true;
    });
  }

 private:
  core::result<core::room_opened> open_one(const core::open_room& wanted, std::uint32_t tail) {
    const auto folded = core::folded(wanted.room.value);
    const auto opened = database_->row<long long, std::string, long long, long long, long long, long long>(
        "update rooms set epoch = epoch + 1, node = :node, view = :view where folded = :room and hidden is null and "
        "view <= :newest "
        "returning id, name, epoch, generation, head, private",
        with("node", wanted.owner.value), with("view", wanted.view), with("room", folded), with("newest", wanted.view));
    if (!opened) {
      const auto there = database_->row<std::string>("select node from rooms where folded = :room and hidden is null",
                                                     with("room", folded));
      if (!there) return core::ec::not_found;
      return core::error{core::ec::fenced, std::get<0>(*there), 0};
    }
    const auto number = [](long long value) { return static_cast<std::uint64_t>(value); };
    const auto& [key, name, epoch, generation, head, is_private] = *opened;
    core::room_opened answer{{name}, {number(key)}, {number(epoch)}, {number(generation)}, {number(head)}, {}};
    answer.tail = entries(answer.key, answer.head.value > tail ? answer.head.value - tail : 0, tail);
    answer.is_private = is_private != 0;
    auto* const room = &answer;
    if (answer.is_private) read_members({&room, 1});
    return answer;
  }

  change_outcome change_now(const member_change& change) {
    const auto member = core::folded(change.member.value);
    if (database_->row<int>("select 1 from deletions where state <> 'restored' and account in (:by, :member) limit 1",
                            with("by", name_hash(change.by)),
                            with("member", name_hash(change.add ? change.member : change.by))))
      return change_outcome::refused;
    if (!database_->row<int>(
            "select 1 from rooms where id = :room and epoch = :epoch and head = :head and hidden is null",
            with("room", change.room), with("epoch", change.epoch), with("head", change.head)))
      return change_outcome::fenced;
    if (change.add)
      database_->execute(
          "insert into members (room, name, folded, added_at) values (:room, :name, :folded, :at) "
          "on conflict do nothing",
          with("room", change.room), with("name", change.member.value), with("folded", member), with("at", change.at));
    else
      database_->execute("delete from members where room = :room and folded = :folded", with("room", change.room),
                         with("folded", member));
    return change_outcome::changed;
  }

  append_outcome append_one(const pending& room) {
    const auto& wanted = *room.wanted;
    append_outcome outcome{kind::repeated, {}};
    for (std::uint32_t i = 0; i < wanted.entries.size(); ++i) {
      const auto& entry = wanted.entries[i];
      if (entry.client_id.empty()) continue;
      const auto first = database_->row<long long, long long, long long>(
          "select seq, at, body = :text from messages where room = :room and author = :author and client_id = :id",
          with("text", entry.text), with("room", wanted.room), with("author", room.authors[i]),
          with("id", entry.client_id));
      if (!first) continue;
      const auto [seq, at, same] = *first;
      outcome.repeated.push_back(
          {i, {static_cast<std::uint64_t>(seq)}, core::wall_time{core::milliseconds{at}}, same != 0});
    }
    if (!outcome.repeated.empty()) return outcome;

    const auto head = wanted.entries.front().seq - 1;
    const auto moved =
        database_->execute("update rooms set head = :last where id = :room and epoch = :epoch and head = :head",
                           with("last", head + wanted.entries.size()), with("room", wanted.room),
                           with("epoch", wanted.epoch), with("head", head));
    if (moved == 0) return {kind::fenced, {}};
    for (std::size_t i = 0; i < wanted.entries.size(); ++i)
      insert_plain(*database_, wanted.room, wanted.entries[i], room.authors[i]);
    return {kind::stored, {}};
  }
};

}  // namespace

std::unique_ptr<storage::journal_store> sqlite_journal(std::unique_ptr<database> connection) {
  return std::make_unique<sqlite_journal_store>(std::move(connection));
}

}  // namespace greenroom::storage::soci
