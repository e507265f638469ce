#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/room.hpp"

/// Scenarios as text: a line is what happens to a room, the indented lines below it are what the room then wants done.
/// test/data/room/README.md has the words.
namespace greenroom::core {
namespace {

instant at_once() { return {wall_time{milliseconds{1000}}, mono_time{}}; }

connection_id connection_of(const std::string& who) { return {static_cast<std::uint64_t>(who.front())}; }
std::string person_of(connection_id who) { return {static_cast<char>(who.value)}; }

class script {
 public:
  /// What the room wants after one line, a line each.
  std::vector<std::string> run(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    return render(act(verb, words));
  }

 private:
  room_effects act(const std::string& verb, std::istringstream& words) {
    if (verb == "open") return open(words);
    if (verb == "post") return post(words);
    if (verb == "repeated") return subject_->appended(repeated(words), at_once());
    if (verb == "reopened") return subject_->reopened(log_of(words), at_once());
    if (verb == "not_reopened") return subject_->reopened(ec::unavailable, at_once());
    if (verb == "join") return join(words);
    if (verb == "current")
      return subject_->epoch_checked(room_standing{subject_->epoch(), {}}, at_once().mono, at_once());
    if (verb == "overtaken")
      return subject_->epoch_checked(room_standing{subject_->epoch() + 1, {}}, at_once().mono, at_once());
    if (verb == "retire") return subject_->retire(ec::draining);
    using kind = append_result::kind;
    for (const auto& [word, what] :
         {std::pair{"stored", kind::stored}, std::pair{"fenced", kind::fenced}, std::pair{"refused", kind::refused},
          std::pair{"unavailable", kind::unavailable}, std::pair{"unknown", kind::unknown}})
      if (verb == word) return subject_->appended({what, {}}, at_once());
    ADD_FAILURE() << "no such word: " << verb;
    return {};
  }

  room_effects open(std::istringstream& words) {
    subject_.emplace(log_of(words), room_limits{});
    return {};
  }

  room_effects post(std::istringstream& words) {
    std::string who, id, text;
    std::uint64_t ticket = 0;
    words >> who >> ticket >> id >> text;
    return subject_->post(
        {{who}, connection_of(who), {{.ticket = ticket, .client_id = id == "-" ? "" : id, .text = text}}}, at_once());
  }

  room_effects join(std::istringstream& words) {
    std::string who, after;
    position from;
    if (words >> who >> after >> from.after.value) from.known = true;
    return subject_->join({1}, {connection_of(who), {who}, from}, at_once());
  }

  static append_result repeated(std::istringstream& words) {
    append_result out{append_result::kind::repeated, {}};
    char sign = 0;
    std::string same;
    for (append_result::known one; words >> one.index >> sign >> one.seq.value >> same; out.repeated.push_back(one))
      one.same = same == "same";
    return out;
  }

  // EPOCH, then the log's texts.
  static room_opened log_of(std::istringstream& words) {
    room_opened out{{"lobby"}, {1}, {}, {9}, {}, {}};
    words >> out.epoch.value;
    for (std::string text; words >> text;) out.tail.push_back({.seq = ++out.head, .author = {"x"}, .text = text});
    return out;
  }

  static std::vector<std::string> render(const room_effects& wanted) {
    std::vector<std::string> out;
    if (!wanted.append.empty()) {
      out.push_back("append in epoch " + std::to_string(wanted.epoch.value));
      for (const auto& entry : wanted.append)
        out.back() += " " + std::to_string(entry.seq.value) + ":" + std::string(entry.text);
    }
    if (wanted.reopen) out.emplace_back("reopen");
    if (wanted.check_epoch) out.emplace_back("check_epoch");
    for (const auto& entry : wanted.publish)
      out.push_back("publish " + std::to_string(entry.seq.value) + ":" + std::string(entry.text));
    for (const auto& [relay, answer] : wanted.joined) out.push_back(render(answer));
    for (const auto& [who, answer] : wanted.answers) out.push_back("answer " + person_of(who) + " " + render(answer));
    if (wanted.stop != ec::none) out.push_back("stop " + std::string(to_string(wanted.stop)));
    return out;
  }
  static std::string render(const room_joined& answer) {
    std::string out = "joined " + person_of(answer.connection);
    if (answer.refused != ec::none) return out + " refused " + std::string(to_string(answer.refused));
    out += " head " + std::to_string(answer.head.value) + (answer.recovered ? "" : " not recovered");
    for (const auto& entry : answer.missed)
      out += " " + std::to_string(entry.seq.value) + ":" + std::string(entry.text);
    return out;
  }
  static std::string render(const post_answer& answer) {
    const std::string ticket = std::to_string(answer.ticket) + " ";
    if (answer.code != ec::none) return ticket + std::string(to_string(answer.code));
    return ticket + (answer.duplicate ? "duplicate " : "stored ") + std::to_string(answer.seq.value);
  }

  std::optional<room> subject_;
};

struct RoomScript : ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(RoomScript, GoesAsItIsWritten) {
  std::ifstream file(GetParam());
  script played;
  std::vector<std::string> wanted;
  std::size_t next = 0, number = 0, lines = 0;
  const auto finish = [&] {
    EXPECT_EQ(next, wanted.size()) << GetParam() << ":" << number << ": also wants " << wanted[next];
  };
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == ' ') {
      ASSERT_LT(next, wanted.size()) << GetParam() << ":" << number << ": the room wants nothing more";
      EXPECT_EQ(wanted[next++], line.substr(line.find_first_not_of(' '))) << GetParam() << ":" << number;
      continue;
    }
    if (next != wanted.size()) finish();
    wanted = played.run(line);
    next = 0;
    ++lines;
  }
  if (next != wanted.size()) finish();
  EXPECT_GT(lines, 2u);
}

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> out;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(GREENROOM_TEST_DATA) / "room"))
    if (file.path().extension() == ".txt") out.push_back(file.path());
  return out;
}

INSTANTIATE_TEST_SUITE_P(Scripts, RoomScript, ::testing::ValuesIn(scripts()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace greenroom::core
