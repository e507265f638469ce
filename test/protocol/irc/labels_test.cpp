#include "protocol/irc/labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace greenroom::protocol::irc {
namespace {

using testing::ElementsAre;
using texts = std::vector<std::string>;

texts labelled(texts lines, std::size_t first, std::string_view label) {
  put_label(lines, first, label, "s", "7");
  return lines;
}

TEST(IrcLabels, NoAnswerIsAnAcknowledgement) {
  EXPECT_THAT(labelled({}, 0, "x"), ElementsAre("@label=x :s ACK"));
  EXPECT_THAT(labelled({"before"}, 1, "a b"), ElementsAre("before", "@label=a\\sb :s ACK"));
}

TEST(IrcLabels, OneAnswerCarriesTheLabel) {
  EXPECT_THAT(labelled({":s PONG s :1"}, 0, "x"), ElementsAre("@label=x :s PONG s :1"));
  EXPECT_THAT(labelled({"@time=1 :s PONG s :1"}, 0, "x"), ElementsAre("@label=x;time=1 :s PONG s :1"));
}

TEST(IrcLabels, SeveralAnswersAreABatch) {
  EXPECT_THAT(labelled({":s 1", "@batch=in;a :s 2", ":s 3"}, 0, "x"),
              ElementsAre("@label=x :s BATCH +7 labeled-response", "@batch=7 :s 1", "@batch=in;a :s 2", "@batch=7 :s 3",
                          ":s BATCH -7"));
}

TEST(IrcLabels, WithoutALabelNothingIsMarked) {
  EXPECT_THAT(labelled({":s 1"}, 0, ""), ElementsAre(":s 1"));
  EXPECT_EQ(label_of("label=" + std::string(65, 'x')), "");
  EXPECT_EQ(label_of("label=\xfb"), "") << "of a line that is dropped as a whole";
  EXPECT_EQ(label_of("a;label=\\:1"), ";1");
}

}  // namespace
}  // namespace greenroom::protocol::irc
