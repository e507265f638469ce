#include "storage/url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace greenroom::storage {
namespace {

TEST(DatabaseUrl, TakesWhatLibpqTakes) {
  for (const auto* url :
       {"memory:", "sqlite:chat.db", "sqlite:/data/a@b:c.db", "postgresql://", "postgresql:///chat",
        "postgres://db/chat", "postgresql://db:5432/chat", "postgresql://ann@db",
        "postgresql://ann:secret@db:5432/chat", "postgresql://ann:p%2Fss%40%25@db/chat", "postgresql://ann:a?b@db/chat",
        "postgresql://[::1]:5433/chat", "postgresql://[::1]/chat",
        "postgresql://one:5432,two,[::1]:5434/chat?target_session_attrs=read-write",
        "postgresql://%2Fvar%2Flib%2Fpostgresql/chat", "postgresql:///chat?host=/run/postgresql&user=ann",
        "postgresql://db/chat?sslmode=verify-full&sslrootcert=/etc/ca.pem", "postgresql://db/chat?user=a@b"})
    EXPECT_TRUE(check_url(url).ok()) << url;
}

TEST(DatabaseUrl, RefusesWhatIsNone) {
  for (const auto* url : {"",
                          "mysql://db/chat",
                          "chat.db",
                          "sqlite:",
                          "memory",
                          "memory:x",
                          "postgresql:/db/chat",
                          "POSTGRESQL://db/chat",
                          "postgresql://u:pa/ss@h/db",
                          "postgresql://u:123/ss@h/db",
                          "postgresql://ann:se@cret@db/chat",
                          "postgresql://ann:50%@db/chat",
                          "postgresql://ann:a%00@db/chat",
                          "postgresql://db:port/chat",
                          "postgresql://db:0/chat",
                          "postgresql://db:65536/chat",
                          "postgresql://db:/chat",
                          "postgresql://[::1/chat",
                          "postgresql://[::1]5432/chat",
                          "postgresql://one,two:x/chat",
                          "postgresql://db/chat?sslmode",
                          "postgresql://db/chat?=x",
                          "postgresql://db/chat?a=b=c",
                          "postgresql://db/ch\nat",
                          "sqlite:a\x7f"}) {
    const auto judged = check_url(url);
    ASSERT_FALSE(judged.ok()) << url;
    EXPECT_EQ(judged.code(), core::ec::bad_request);
  }
}

TEST(DatabaseUrl, SaysHowAPasswordIsWrittenAndNotWhatItIs) {
  const auto judged = check_url("postgresql://ann:hun/ter2@db/chat");
  ASSERT_FALSE(judged.ok());
  EXPECT_NE(judged.why().detail.find("%2F"), std::string::npos);
  EXPECT_EQ(judged.why().detail.find("ter2"), std::string::npos);
}

TEST(DatabaseUrl, MasksWhateverMayBeAPassword) {
  EXPECT_EQ(masked("postgresql://ann:secret@db:5432/chat"), "postgresql://***@db:5432/chat");
  EXPECT_EQ(masked("postgresql://ann:se@cret@db/chat"), "postgresql://***@db/chat");
  EXPECT_EQ(masked("postgresql://u:pa/ss@h/db"), "postgresql://***@h/db");
  EXPECT_EQ(masked("postgresql://u:pa?ss@h/db"), "postgresql://***@h/db");
  EXPECT_EQ(masked("mysql://u:pass@h/db"), "mysql://***@h/db");
  EXPECT_EQ(masked("postgresql://db:5432/chat?a=b"), "postgresql://db:5432/chat?a=b");
  EXPECT_EQ(masked("postgresql://db/chat?user=ann&password=secret&x=y"),
            "postgresql://db/chat?user=ann&password=***&x=y");
  EXPECT_EQ(masked("postgresql://db/chat?PassWord=secret"), "postgresql://db/chat?PassWord=***");
  EXPECT_EQ(masked("postgresql://db/chat?p%61ssword=secret&sslpassword=secret"),
            "postgresql://db/chat?p%61ssword=***&sslpassword=***");
  EXPECT_EQ(masked("sqlite:/data/a:b@c.db"), "sqlite:/data/a:b@c.db");
  EXPECT_EQ(masked("memory:"), "memory:");
}

}  // namespace
}  // namespace greenroom::storage
