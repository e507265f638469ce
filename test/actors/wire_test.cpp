#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/detail/is_complete.hpp>
#include <caf/event_based_actor.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "actors/errors.hpp"
#include "actors/local.hpp"
#include "actors/packed.hpp"
#include "test/support/node.hpp"

namespace greenroom::actors {
namespace {

using block = caf::id_block::greenroom;

template <class T>
concept handle = requires(const T& x) {
  x.address();
};
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
concept record = std::is_class_v<T> && !handle<T> && !is_vector<T> && !std::is_same_v<T, std::string> &&
                 !std::is_same_v<T, core::wall_time>;
template <class T>
concept meta = std::is_base_of_v<caf::meta::annotation, std::remove_cvref_t<T>>;

// ---- inspectors of the test's own: how many fields there are, one value each, all of them as text

struct field_counter {
  using result_type = std::size_t;
  static constexpr bool reads_state = true, writes_state = false;
  template <class... Ts>
  std::size_t operator()(Ts&&...) {
    return (0u + ... + (meta<Ts> ? 0u : 1u));
  }
};

struct filler {
  using result_type = void;
  static constexpr bool reads_state = false, writes_state = true;
  caf::actor somebody;
  std::uint64_t next = 1;

  template <class... Ts>
  void operator()(Ts&&... fields) {
    (fill(fields), ...);
  }
  template <class T>
  void fill(T& x) {
    if constexpr (caf::meta::is_load_callback<T>::value) {
      EXPECT_FALSE(x.fun());
    } else if constexpr (meta<T>) {
    } else if constexpr (handle<T>) {
      x = caf::actor_cast<T>(somebody);
    } else if constexpr (is_vector<T>) {
      x.resize(2);
      for (auto& one : x) fill(one);
    } else if constexpr (std::is_same_v<T, std::string>) {
      x = std::string("text\0\xff ", 7) + std::to_string(next++);
    } else if constexpr (std::is_same_v<T, core::wall_time>) {
      x = core::wall_time{core::milliseconds{next++}};
    } else if constexpr (std::is_same_v<T, bool>) {
      x = !T{};
    } else if constexpr (std::is_enum_v<T>) {
      x = static_cast<T>(1);
    } else if constexpr (std::is_integral_v<T>) {
      x = static_cast<T>(next++);
    } else {
      inspect(*this, x);
    }
  }
};

struct flattener {
  using result_type = void;
  static constexpr bool reads_state = true, writes_state = false;
  std::vector<std::string> out;

  template <class... Ts>
  void operator()(Ts&&... fields) {
    (flatten(fields), ...);
  }
  template <class T>
  void flatten(T& x) {
    using bare = std::remove_cvref_t<T>;
    if constexpr (meta<bare>) {
    } else if constexpr (handle<bare>) {
      out.push_back(caf::to_string(x));
    } else if constexpr (is_vector<bare>) {
      out.push_back("list of " + std::to_string(x.size()));
      for (auto& one : x) flatten(one);
    } else if constexpr (std::is_same_v<bare, std::string>) {
      out.push_back(x);
    } else if constexpr (std::is_same_v<bare, core::wall_time>) {
      out.push_back(std::to_string(x.time_since_epoch().count()));
    } else if constexpr (std::is_enum_v<bare>) {
      out.push_back(std::to_string(static_cast<std::uint64_t>(x)));
    } else if constexpr (std::is_integral_v<bare>) {
      out.push_back(std::to_string(x));
    } else {
      inspect(*this, x);
    }
  }
};

template <class T>
std::vector<std::string> flat(T x) {
  flattener f;
  f.flatten(x);
  return f.out;
}

// ---- how many fields the struct has, whatever `inspect` says

struct anything {
  template <class T>
  operator T() const;
};
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), anything{})...}; };
}
template <class T, std::size_t N = 16>
constexpr std::size_t fields_of() {
  if constexpr (N == 0 || takes<T>(std::make_index_sequence<N>{}))
    return N;
  else
    return fields_of<T, N - 1>();
}

// Counts again in every record below.
struct whole_checker {
  using result_type = void;
  static constexpr bool reads_state = true, writes_state = false;

  template <class... Ts>
  void operator()(Ts&&... fields) {
    (check(fields), ...);
  }
  template <class T>
  void check(T& x) {
    using bare = std::remove_cvref_t<T>;
    if constexpr (is_vector<bare>) {
      for (auto& one : x) check(one);
    } else if constexpr (record<bare> && !meta<bare>) {
      field_counter counter;
      EXPECT_EQ(inspect(counter, x), fields_of<bare>()) << typeid(bare).name();
      inspect(*this, x);
    }
  }
};

struct Wire : testing::Test {
  test::node node;
  caf::actor somebody = node.dummy<caf::actor>([](int) {});

  caf::message through_the_wire(caf::message sent) {
    std::vector<char> bytes;
    caf::binary_serializer to{node.system, bytes};
    EXPECT_FALSE(to(sent));
    caf::message received;
    caf::binary_deserializer from{node.system, bytes};
    EXPECT_FALSE(from(received));
    return received;
  }

  template <class T>
  void expect_survival() {
    T sent{};
    filler f{somebody};
    f.fill(sent);
    ASSERT_NE(flat(sent), flat(T{})) << caf::type_name<T>::value;
    const caf::message received = through_the_wire(caf::make_message(sent));
    ASSERT_TRUE(received.match_elements<T>()) << caf::type_name<T>::value;
    EXPECT_EQ(flat(received.get_as<T>(0)), flat(sent)) << caf::type_name<T>::value;
    whole_checker{}.check(sent);
  }
  template <std::size_t... I>
  void expect_survival_of_block(std::index_sequence<I...>) {
    (expect_survival<typename caf::type_by_id<static_cast<caf::type_id_t>(block::begin + I)>::type>(), ...);
  }
};

// CAF makes an error of it: the next test's.
template <>
void Wire::expect_survival<core::ec>() {
  EXPECT_TRUE(caf::make_message(ec::taken).match_elements<caf::error>());
}
template <>
void Wire::expect_survival<core::read_view>() {
  EXPECT_TRUE(through_the_wire(caf::make_message(core::read_view{})).match_elements<core::read_view>());
}

TEST_F(Wire, EveryMessageTypeSurvivesWithAllItsFields) {
  expect_survival_of_block(std::make_index_sequence<block::end - block::begin>{});
}

std::string packed_entries() {
  core::room_entry first{.seq = {1},
                         .author = {"ada"},
                         .client_id = "id",
                         .text = "hello",
                         .at = core::wall_time{core::milliseconds{5}},
                         .poster = {7}};
  core::room_entry second{.seq = {2}, .author = {"bob"}, .at = core::wall_time{core::milliseconds{-1}}};
  std::string bytes;
  packed::writer out{bytes};
  inspect(out, first);
  inspect(out, second);
  return bytes;
}

core::room_entry packed_and_read(core::room_entry sent, core::room_entry into = {}) {
  std::string bytes;
  packed::writer out{bytes};
  inspect(out, sent);
  packed::reader in{bytes};
  inspect(in, into);
  EXPECT_TRUE(in.done() && !in.failed());
  return into;
}

TEST_F(Wire, APlainTextSaysInOneByteThatItIsNoMore) {
  core::room_entry plain{.seq = {1}, .author = {"ada"}, .client_id = "id", .text = "hello", .poster = {7}};
  std::string bytes;
  packed::writer out{bytes};
  inspect(out, plain);
  EXPECT_EQ(bytes.size(), 8u + (4 + 3) + (4 + 2) + (4 + 5) + 8 + 8 + 1);
}

TEST_F(Wire, PackedEntriesKeepWhatMakesThemMoreThanTexts) {
  const core::room_entry plain{.seq = {1}, .author = {"ada"}, .text = "hello"};
  auto kind = plain, target = plain, subject = plain, extra = plain;
  kind.kind = core::entry_kind::unmute;
  target.target = {5};
  subject.subject = {"bob"};
  extra.extra = R"({"until":1})";
  for (const auto& sent : {plain, kind, target, subject, extra}) {
    EXPECT_EQ(flat(packed_and_read(sent)), flat(sent));
    EXPECT_EQ(flat(packed_and_read(sent, extra)), flat(sent)) << "whatever was there before";
  }
}

core::post packed_post(core::post sent, std::size_t& size, core::post into = {}) {
  std::string bytes;
  packed::writer out{bytes};
  inspect(out, sent);
  size = bytes.size();
  packed::reader in{bytes};
  inspect(in, into);
  EXPECT_TRUE(in.done() && !in.failed());
  return into;
}

core::post muting() {
  core::act what{.target = {5}, .subject = {"bob"}, .until = core::wall_time{core::milliseconds{9}}};
  what.role = core::room_role::moderator;
  what.set.set(core::setting::topic);
  what.set.to.topic = "tea";
  what.extra = R"({"until":1})";
  what.invite = {std::string("\0\xff\n", 3)};
  return {.ticket = 7,
          .client_id = "id",
          .text = "spam",
          .kind = core::entry_kind::mute,
          .act = std::make_shared<const core::act>(what)};
}

TEST_F(Wire, APlainPostSaysInOneByteThatItIsNoMore) {
  std::size_t size = 0;
  const core::post plain{.ticket = 7, .client_id = "id", .text = "hello"};
  EXPECT_EQ(flat(packed_post(plain, size)), flat(plain));
  EXPECT_EQ(size, 8u + (4 + 2) + (4 + 5) + 1);
  EXPECT_EQ(packed_post(plain, size, muting()).act, nullptr) << "whatever was there before";
}

TEST_F(Wire, WordsCarryWhatTheyAnswer) {
  std::size_t size = 0;
  const core::post answer{
      .ticket = 7, .client_id = "id", .text = "yes", .kind = core::entry_kind::action, .target = {1ull << 52}};
  const auto read = packed_post(answer, size);
  EXPECT_EQ(flat(read), flat(answer));
  EXPECT_EQ(read.kind, core::entry_kind::action);
  EXPECT_EQ(read.target, answer.target);
  EXPECT_FALSE(packed_post({.text = "no"}, size, answer).target) << "whatever was there before";
  const auto received = through_the_wire(caf::make_message(core::perform_act{{"den"}, {"ann"}, answer}));
  EXPECT_EQ(received.get_as<core::perform_act>(0).what.target, answer.target);
}

TEST_F(Wire, WordsCarryTheirExtra) {
  std::size_t size = 0;
  const core::post tagged{.ticket = 7, .text = "yes", .target = {5}, .extra = R"({"tags":"+a"})"};
  const auto read = packed_post(tagged, size);
  EXPECT_EQ(flat(read), flat(tagged));
  EXPECT_EQ(read.kind, core::entry_kind::text);
  EXPECT_EQ(read.extra, tagged.extra);
  EXPECT_TRUE(packed_post({.text = "no"}, size, tagged).extra.empty()) << "whatever was there before";
  const auto received = through_the_wire(caf::make_message(core::perform_act{{"den"}, {"ann"}, tagged}));
  EXPECT_EQ(received.get_as<core::perform_act>(0).what.extra, tagged.extra);
}

TEST_F(Wire, WordsSayThatTheyPass) {
  std::size_t size = 0;
  const core::post passing{.ticket = 7, .text = "hush", .passing = true, .heard_by = core::earshot::moderators};
  const auto read = packed_post(passing, size);
  EXPECT_TRUE(read.passing);
  EXPECT_EQ(read.heard_by, core::earshot::moderators);
  EXPECT_EQ(read.kind, core::entry_kind::text);
  const auto plain = packed_post({.text = "no"}, size, passing);
  EXPECT_FALSE(plain.passing) << "whatever was there before";
  EXPECT_EQ(plain.heard_by, core::earshot::all);
}

TEST_F(Wire, AnActTravelsByValueAndIsNeverMissing) {
  std::size_t size = 0;
  const auto sent = muting(), read = packed_post(sent, size);
  EXPECT_EQ(flat(read), flat(sent));
  ASSERT_NE(read.act, nullptr);
  EXPECT_NE(read.act, sent.act);
  EXPECT_EQ(read.act->invite, sent.act->invite);
  auto broken = sent;
  broken.act = nullptr;
  EXPECT_NE(packed_post(broken, size).act, nullptr) << "a room would end at one without";
  auto words = sent;
  words.kind = core::entry_kind::notice;
  EXPECT_EQ(packed_post(words, size).act, nullptr);
  const auto received = through_the_wire(caf::make_message(core::perform_act{{"den"}, {"ann"}, broken}));
  EXPECT_NE(received.get_as<core::perform_act>(0).what.act, nullptr);
}

TEST_F(Wire, RecordsThatAreCutAreNotRead) {
  const std::string whole = packed_entries();
  std::size_t good = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    packed::reader in{std::string_view{whole}.substr(0, size)};
    std::size_t read = 0;
    for (core::room_entry entry; !in.done(); ++read) inspect(in, entry);
    good += in.failed() ? 0u : 1u;
    EXPECT_LE(read, 2u);
  }
  EXPECT_EQ(good, 3u) << "nothing, one, both";
}

TEST_F(Wire, AMessageWhoseRecordsAreCutIsAnError) {
  std::vector<char> bytes;
  caf::binary_serializer to{node.system, bytes};
  core::posts_answered sent{{{1, ec::none, {2}, {}, false}, {2, ec::none, {3}, {}, true}}};
  ASSERT_FALSE(to(sent));
  core::posts_answered received;
  for (const std::size_t cut : {0u, 1u, 8u}) {
    // The text of the answers, its size before it; and that there are no refusals.
    std::vector<char> less(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(cut));
    caf::binary_deserializer from{node.system, less};
    EXPECT_EQ(static_cast<bool>(from(received)), cut > 0);
  }
  std::string text(43, '\0');
  bytes.clear();
  caf::binary_serializer again{node.system, bytes};
  ASSERT_FALSE(again(text));
  caf::binary_deserializer from{node.system, bytes};
  EXPECT_TRUE(from(received)) << "one answer and a half";
}

TEST_F(Wire, AnErrorKeepsItsCodeDetailAndRetry) {
  for (const auto& row : core::error_table().subspan(1)) {
    const core::error sent{row.code, "why", 7};
    const auto received = through_the_wire(caf::make_message(to_caf(sent)));
    ASSERT_TRUE(received.match_elements<caf::error>());
    EXPECT_EQ(from_caf(received.get_as<caf::error>(0)), sent);
  }
}

TEST_F(Wire, AnErrorSaysWhoIsBehindIt) {
  const core::sanction ban{{"bob"}, {"ann"}, "spam", core::wall_time{core::milliseconds{9}}};
  const core::error sent{ec::banned, "why", 7, std::make_shared<const core::sanction>(ban)};
  const auto received = through_the_wire(caf::make_message(to_caf(sent)));
  const auto read = from_caf(received.get_as<caf::error>(0));
  ASSERT_NE(read.because, nullptr);
  EXPECT_EQ(*read.because, ban);
  EXPECT_EQ(read.detail, "why");
  EXPECT_EQ(read.retry_after, 7u);
}

TEST_F(Wire, WhatHasNoTypeIdCannotBeSent) {
  for (const auto& local : {caf::make_message(admit_token{"gr_secret"}), caf::make_message(frames_received{{"x"}}),
                            caf::make_message(end_connection{}), caf::make_message(password_hashed{}),
                            caf::make_message(core::admin_act{{}, {core::account_act::suspend, {"ann"}}, {}})}) {
    std::vector<char> bytes;
    caf::binary_serializer to{node.system, bytes};
    auto copy = local;
    if (to(copy)) continue;
    caf::message received;
    caf::binary_deserializer from{node.system, bytes};
    (void)from(received);
    EXPECT_TRUE(received.empty());
  }
}

// ---- the faces that other nodes may hold speak only what has a type id

template <class T>
constexpr bool crosses =
    caf::detail::is_complete<caf::type_id<T>>::value || std::is_same_v<T, caf::unit_t> || std::is_void_v<T>;
template <class List>
struct all_cross;
template <class... Ts>
struct all_cross<caf::detail::type_list<Ts...>> : std::bool_constant<(crosses<Ts> && ...)> {};
template <class... Ts>
struct all_cross<caf::output_tuple<Ts...>> : std::bool_constant<(crosses<Ts> && ...)> {};
template <class Signature>
struct signature_crosses;
template <class In, class Out>
struct signature_crosses<caf::typed_mpi<In, Out>> : std::bool_constant<all_cross<In>::value && all_cross<Out>::value> {
};
template <class List>
struct face_crosses;
template <class... Signatures>
struct face_crosses<caf::detail::type_list<Signatures...>>
    : std::bool_constant<(signature_crosses<Signatures>::value && ...)> {};
template <class Handle>
inline constexpr bool may_be_remote = face_crosses<typename Handle::signatures>::value;

static_assert(may_be_remote<connection_actor> && may_be_remote<relay_actor> && may_be_remote<room_actor> &&
              may_be_remote<accounts_actor> && may_be_remote<catalog_actor> && may_be_remote<node_actor> &&
              may_be_remote<directory_actor>);
static_assert(!may_be_remote<local_connection_actor> && !may_be_remote<local_relay_actor> &&
                  !may_be_remote<local_accounts_actor> && !may_be_remote<door_actor>,
              "the check itself sees local messages");

// ---- only what has a type id, or is a part of such a message, can be written

template <class T>
concept inspected = requires(field_counter f, T x) {
  inspect(f, x);
};
template <class T>
inline constexpr bool is_part = std::is_same_v<T, core::node_load> || std::is_same_v<T, core::room_head>;
template <class T>
inline constexpr bool stays_here = crosses<T> || handle<T> || is_part<T> || !inspected<T>;
template <class List>
struct all_stay;
template <class... Ts>
struct all_stay<caf::detail::type_list<Ts...>> : std::bool_constant<(stays_here<Ts> && ...)> {};
template <class... Ts>
struct all_stay<caf::output_tuple<Ts...>> : std::bool_constant<(stays_here<Ts> && ...)> {};
template <class List>
struct face_stays;
template <class... In, class... Out>
struct face_stays<caf::detail::type_list<caf::typed_mpi<In, Out>...>>
    : std::bool_constant<((all_stay<In>::value && all_stay<Out>::value) && ...)> {};
template <class... Handles>
inline constexpr bool only_wired_messages_are_inspected = (face_stays<typename Handles::signatures>::value && ...);

static_assert(
    only_wired_messages_are_inspected<local_connection_actor, local_relay_actor, local_room_actor, journal_actor,
                                      local_catalog_actor, session_actor, local_door_actor, local_accounts_actor,
                                      delete_user_actor, local_node_actor, local_user_actor, local_directory_actor>);
static_assert(inspected<core::room_batch> && !stays_here<core::post>, "the check itself sees an inspect");

}  // namespace
}  // namespace greenroom::actors
