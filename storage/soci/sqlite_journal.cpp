#include "storage/soci/columns.hpp"
#include "storage/soci/entry.hpp"
#include "storage/soci/journal_store.hpp"
#include "storage/soci/sqlite_acts.hpp"

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
    const auto opened = database_->row<long long, std::string, long long, long long, long long>(
        "update rooms set epoch = epoch + 1, node = :node, view = :view where folded = :room and hidden is null and "
        "view <= :newest "
        "returning id, name, epoch, generation, head",
        with("node", wanted.owner.value), with("view", wanted.view), with("room", folded), with("newest", wanted.view));
    if (!opened) {
      const auto there = database_->row<std::string>("select node from rooms where folded = :room and hidden is null",
                                                     with("room", folded));
      if (!there) return core::ec::not_found;
      return core::error{core::ec::fenced, std::get<0>(*there), 0};
    }
    const auto& [key, name, epoch, generation, head] = *opened;
    core::room_opened answer{{name}, {count(key)}, {count(epoch)}, {count(generation)}, {count(head)}, {}};
    answer.tail = entries(answer.key, answer.head.value > tail ? answer.head.value - tail : 0, tail);
    auto* const room = &answer;
    read_rosters({&room, 1});
    return answer;
  }

  append_outcome append_one(const pending& room) {
    const auto& wanted = *room.wanted;
    if (auto repeated = repeated_among(room); !repeated.empty()) return {kind::repeated, std::move(repeated)};
    const auto head = wanted.entries.front().seq - 1;
    if (!database_->row<int>("select 1 from rooms where id = :room and epoch = :epoch and head = :head",
                             with("room", wanted.room), with("epoch", wanted.epoch), with("head", head)))
      return {kind::fenced, {}};
    append_outcome verdict{kind::stored, {}};
    if (wanted.effect) verdict = judge_act(*database_, room);
    if (verdict.what != kind::stored) return verdict;
    const auto last = head + wanted.entries.size();
    if (core::is_words(wanted.entries.front().kind))
      database_->execute("update rooms set head = :last, said = :said, texts = texts + :words where id = :room",
                         with("last", last), with("said", last), with("words", wanted.entries.size()),
                         with("room", wanted.room));
    else
      database_->execute("update rooms set head = :last where id = :room", with("last", last),
                         with("room", wanted.room));
    for (std::size_t i = 0; i < wanted.entries.size(); ++i)
      insert_entry(*database_, wanted.room, wanted.entries[i], room.authors[i], room.subject);
    if (wanted.effect) carry_out_act(*database_, room);
    return verdict;
  }

  std::vector<repeated_id> repeated_among(const pending& room) {
    std::vector<repeated_id> known;
    for (std::uint32_t i = 0; i < room.wanted->entries.size(); ++i) {
      const auto& entry = room.wanted->entries[i];
      if (entry.client_id.empty()) continue;
      entry_rows(
          *database_,
          "select " GREENROOM_ENTRY_COLUMNS("messages.client_id")
          " from messages join authors on authors.id = author "
          "where room = :room and author = :author and client_id = :id",
          [&](const core::room_entry& first) {
            known.push_back({i, first.seq, first.at, repeats(first, entry)});
          },
          with("room", room.wanted->room), with("author", room.authors[i]), with("id", entry.client_id));
    }
    return known;
  }
};

}  // namespace

std::unique_ptr<storage::journal_store> sqlite_journal(std::unique_ptr<database> connection) {
  return std::make_unique<sqlite_journal_store>(std::move(connection));
}

}  // namespace greenroom::storage::soci
