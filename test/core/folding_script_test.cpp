#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/folding.hpp"

/// The scripts in test/data/folding, which the browser's client runs as well.
namespace greenroom::core {
namespace {

wall_time time_of(std::uint64_t seq) { return wall_time{milliseconds{seq * 1000}}; }

const std::vector<std::pair<std::string, entry_kind>> kinds = {
    {"text", entry_kind::text},   {"edit", entry_kind::edit},       {"erase", entry_kind::erase},
    {"react", entry_kind::react}, {"unreact", entry_kind::unreact}, {"pin", entry_kind::pin},
    {"unpin", entry_kind::unpin}, {"erased", entry_kind::erased},   {"notice", entry_kind::notice},
};

/// `1 ann text >3 "hi" edited=5 👍*2+me pinned`.
folding::message read_entry(const std::string& line) {
  std::istringstream in(line);
  folding::message out;
  std::string kind;
  in >> out.entry.seq.value >> out.entry.author.value >> kind;
  for (const auto& [name, value] : kinds)
    if (name == kind) out.entry.kind = value;
  out.entry.at = time_of(out.entry.seq.value);
  out.state.seq = out.entry.seq;
  for (std::string word; in >> word;) {
    const auto star = word.rfind('*');
    if (word.front() == '"') {
      out.entry.text = std::string_view(word).substr(1, word.size() - 2);
    } else if (word.front() == '>') {
      out.entry.target.value = std::stoull(word.substr(1));
    } else if (word.starts_with("edited=")) {
      out.state.edited.value = std::stoull(word.substr(7));
      out.state.edited_at = time_of(out.state.edited.value);
    } else if (word == "pinned") {
      out.state.pinned = true;
    } else if (star != std::string::npos) {
      const auto count = static_cast<std::uint32_t>(std::stoul(word.substr(star + 1)));
      out.state.reactions.push_back({word.substr(0, star), count, word.ends_with("+me")});
    } else {
      ADD_FAILURE() << "a word that isn't known: " << word;
    }
  }
  return out;
}

std::string write_entry(const folding::message& from) {
  std::ostringstream out;
  out << from.entry.seq.value << ' ' << from.entry.author.value;
  for (const auto& [name, value] : kinds)
    if (value == from.entry.kind) out << ' ' << name;
  if (from.entry.target) out << " >" << from.entry.target.value;
  if (!from.entry.text.empty()) out << " \"" << from.entry.text.view() << '"';
  if (from.state.edited) out << " edited=" << from.state.edited.value;
  if (from.state.edited && from.state.edited_at != time_of(from.state.edited.value)) out << " at another time";
  for (const auto& [text, count, mine] : from.state.reactions)
    out << ' ' << text.view() << '*' << count << (mine ? "+me" : "");
  if (from.state.pinned) out << " pinned";
  return out.str();
}

/// One case of a script.
struct client {
  user_id reader{"ann"};
  std::size_t most = 1000;
  std::optional<folding> folded{};
  std::optional<history_page> page{};

  void run(const std::string& line, const std::string& where) {
    const auto end = line.find(' ');
    const auto command = line.substr(0, end), rest = line.substr(end + 1);
    if (command == "+") return add_to_page(rest);
    read_page();
    if (command == "reader") {
      reader.value = rest;
    } else if (command == "remembers") {
      most = std::stoull(rest);
    } else if (command == "hear") {
      subject().hear(read_entry(rest).entry);
    } else if (command == "page") {
      page.emplace().as_of.value = std::stoull(rest);
    } else {
      ASSERT_EQ(command, "expect") << where;
      const auto found = subject().find({std::stoull(rest)});
      const auto absent = rest.substr(0, rest.find(' ')) + " absent";
      EXPECT_EQ(found ? write_entry(*found) : absent, rest) << where;
    }
  }

  folding& subject() {
    if (!folded) folded.emplace(reader, most);
    return *folded;
  }
  void add_to_page(const std::string& entry) {
    auto one = read_entry(entry);
    if (is_changed(one.state)) page->states.push_back(std::move(one.state));
    page->entries.push_back(std::move(one.entry));
  }
  void read_page() {
    if (page) subject().read(*page);
    page.reset();
  }
};

class FoldingScript : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(FoldingScript, FoldsToWhatItSays) {
  std::ifstream file(GetParam());
  client played;
  std::string title;
  std::size_t number = 0, cases = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("= ")) {
      played = {};
      title = line.substr(2);
      ++cases;
    } else if (!line.empty()) {
      played.run(line, GetParam().filename().string() + ":" + std::to_string(number) + ": " + title);
    }
  }
  EXPECT_GT(cases, 10u);
}

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> out;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(GREENROOM_TEST_DATA) / "folding"))
    if (file.path().extension() == ".txt") out.push_back(file.path());
  return out;
}

INSTANTIATE_TEST_SUITE_P(Scripts, FoldingScript, ::testing::ValuesIn(scripts()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace greenroom::core
