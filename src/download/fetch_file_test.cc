#include "download/fetch_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <thread>

#include "base/digest.h"
#include "base/files.h"
#include "base/scratch_folder.h"
#include "download/cache.h"
#include "download/http_server_for_test.h"
#include "download/partial_file.h"
#include "download/source.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using Answer = HttpServerForTest::Answer;
using Request = HttpServerForTest::Request;

std::string noise(std::size_t count) {
  std::string bytes(count, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

std::string digest_of(std::string_view text) { return sha384_hex(std::as_bytes(std::span(text.data(), text.size()))); }

class FetchFile : public testing::Test {
 protected:
  RemoteFile published(std::vector<Source> sources) const {
    return {"model/net.bin", static_cast<std::int64_t>(content_.size()), digest_of(content_), std::move(sources)};
  }

  // Serves the content as `handler` says, and fetches it.
  Status fetch(const HttpServerForTest::Handler& handler) {
    HttpServerForTest server(handler);
    Status status = fetch_file(published({UrlSource{server.url("/net.bin")}}), place_, options_,
                               [this](const FetchEvent& event) { events_.push_back(event); });
    requests_ = server.requests();
    return status;
  }

  // The offsets that were asked for; 0 where none was.
  std::vector<std::int64_t> offsets() const {
    std::vector<std::int64_t> result;
    for (const Request& request : requests_) result.push_back(request.offset.value_or(0));
    return result;
  }

  template <typename Event>
  std::vector<Event> events() const {
    std::vector<Event> found;
    for (const FetchEvent& event : events_)
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    return found;
  }

  void expect_whole() const { EXPECT_EQ(read_text(place_).value(), content_); }
  void expect_alone() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(place_.parent_path())) ++count;
    EXPECT_EQ(count, fs::exists(place_) ? 1u : 0u) << "something was left behind";
  }
  void expect_absent() const {
    EXPECT_FALSE(fs::exists(place_));
    expect_alone();
  }
  std::string last_problem() const { return events<SourceFailed>().empty() ? "" : events<SourceFailed>().back().problem; }

  const ScratchFolder scratch_;
  const fs::path place_ = scratch_.path() / "models" / "net.bin", part_ = scratch_.path() / "models" / ".net.bin.part";
  const std::string content_ = noise(600'000);
  FetchOptions options_{.attempts = 3, .retry_delay = std::chrono::milliseconds(1), .keep_partial = false};
  std::vector<FetchEvent> events_;
  std::vector<Request> requests_;
};

TEST_F(FetchFile, TakesWhatIsPublished) {
  ASSERT_TRUE(fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); }).ok());
  expect_whole();
  expect_alone();
  EXPECT_EQ(requests_.size(), 1u);
  EXPECT_EQ(events<BytesReceived>().back().bytes, 600'000);
}

TEST_F(FetchFile, TakesAnEmptyFile) {
  const HttpServerForTest server([](const Request&) { return Answer{}; });
  const RemoteFile file{"empty", 0, digest_of(""), {UrlSource{server.url("/")}}};
  ASSERT_TRUE(fetch_file(file, place_, options_).ok());
  EXPECT_EQ(read_text(place_).value(), "");
}

// gzip.compress(b"packed on its way", mtime=0), from a server that packs what was not to be packed.
TEST_F(FetchFile, UnpacksWhatAServerPacksOnTheWay) {
  constexpr std::string_view kPacked(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x2b\x48\x4c\xce\x4e\x4d\x51\xc8\xcf\x53\xc8\x2c\x29\x56\x28\x4f\xac\x04\x00\x9d\xf0\xa7\xcd"
      "\x11\x00\x00\x00",
      37);
  const std::string content = "packed on its way";
  const HttpServerForTest server(
      [&](const Request&) { return Answer{.body = std::string(kPacked), .headers = {"Content-Encoding: gzip"}}; });
  const RemoteFile file{"net.bin", static_cast<std::int64_t>(content.size()), digest_of(content), {UrlSource{server.url("/net.bin")}}};
  const Status fetched = fetch_file(file, place_, options_);
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(read_text(place_).value(), content);
}

TEST_F(FetchFile, GoesOnWhereAConnectionBroke) {
  ASSERT_TRUE(fetch([&](const Request& request) {
                Answer answer = HttpServerForTest::whole_or_rest(content_, request);
                if (request.earlier < 2) answer.sent = answer.body.size() / 2;
                return answer;
              }).ok());
  expect_whole();
  EXPECT_EQ(offsets(), (std::vector<std::int64_t>{0, 300'000, 450'000}));
  EXPECT_EQ(events<RetryDelayed>().size(), 2u);
  EXPECT_EQ(events<RetryDelayed>()[1].delay, 2 * events<RetryDelayed>()[0].delay);
}

TEST_F(FetchFile, StartsAgainWhereRangesAreIgnored) {
  ASSERT_TRUE(fetch([&](const Request& request) {
                Answer answer{.body = content_, .headers = {}};
                if (request.earlier == 0) answer.sent = 1000;
                return answer;
              }).ok());
  expect_whole();
  EXPECT_EQ(offsets(), (std::vector<std::int64_t>{0, 1000}));
}

TEST_F(FetchFile, AsksForTheWholeWhereAnotherRangeComes) {
  ASSERT_TRUE(fetch([&](const Request& request) {
                if (request.offset) return HttpServerForTest::whole_or_rest(content_, {request.path, 7, 0});
                Answer answer{.body = content_, .headers = {}};
                if (request.earlier == 0) answer.sent = 1000;
                return answer;
              }).ok());
  expect_whole();
  EXPECT_EQ(offsets(), (std::vector<std::int64_t>{0, 1000, 0}));
}

TEST_F(FetchFile, GivesUpWhereTheWholeIsNeverSent) {
  const Status status = fetch([&](const Request&) { return HttpServerForTest::whole_or_rest(content_, {"", 7, 0}); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(last_problem(), "Remote server refuses to send whole file, aborting");
  EXPECT_EQ(requests_.size(), 2u);
  expect_absent();
}

TEST_F(FetchFile, AsksAgainAfterAServersErrorAndNotAfterARefusal) {
  ASSERT_TRUE(fetch([&](const Request& request) {
                return request.earlier == 0 ? Answer{.status = 500, .body = "later", .headers = {}}
                                            : Answer{.body = content_, .headers = {}};
              }).ok());
  expect_whole();
  fs::remove(place_);
  const Status status = fetch([](const Request&) { return Answer{.status = 404, .body = "not here", .headers = {}}; });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(requests_.size(), 1u);
  EXPECT_NE(status.error().message.find("404"), std::string::npos) << status.error().message;
  expect_absent();
  options_.retry_refusals = true;
  EXPECT_FALSE(fetch([](const Request&) { return Answer{.status = 404, .body = "not here", .headers = {}}; }).ok());
  EXPECT_EQ(requests_.size(), 3u);
}

TEST_F(FetchFile, EndsABodyThatIsLongerThanStated) {
  const Status status = fetch([&](const Request&) { return Answer{.body = content_, .headers = {}, .endless = true}; });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(last_problem(), "Remote file is longer than expected (600000 B), download aborted");
  EXPECT_EQ(requests_.size(), 1u);
  expect_absent();
}

TEST_F(FetchFile, BoundsABodyOfNoStatedSize) {
  const HttpServerForTest server([&](const Request&) { return Answer{.body = content_, .headers = {}, .endless = true}; });
  options_.unknown_size_limit = 2'000'000;
  EXPECT_FALSE(fetch_file({"net.bin", {}, "", {UrlSource{server.url("/")}}}, place_, options_).ok());
  expect_absent();
}

TEST_F(FetchFile, RefusesAShortFileAndAnotherFile) {
  const Status cut = fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_.substr(0, 5000), request); });
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(events<SourceFailed>().front().problem, "Downloaded file is shorter (5000 B) than expected (600000 B)");
  expect_absent();
  std::string changed = content_;
  changed[0] = static_cast<char>(changed[0] ^ 1);
  const Status other = fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(changed, request); });
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(events<DigestDiffers>().back().actual, digest_of(changed));
  EXPECT_EQ(requests_.size(), 1u);
  expect_absent();
}

TEST_F(FetchFile, EndsATransferThatStandsStill) {
  options_.attempts = 1;
  options_.stall_limit = std::chrono::seconds(1);
  const Status status =
      fetch([&](const Request&) { return Answer{.body = content_, .headers = {}, .pause_after = std::chrono::hours(1)}; });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(last_problem(), "Download failed");
  expect_absent();
}

TEST_F(FetchFile, FollowsRedirectsButNotIntoTheFileSystem) {
  const HttpServerForTest server([&](const Request& request) {
    if (request.path == "/moved") return Answer{.status = 302, .body = "", .headers = {"Location: /net.bin"}};
    if (request.path == "/round") return Answer{.status = 302, .body = "", .headers = {"Location: /round"}};
    if (request.path == "/inside") return Answer{.status = 302, .body = "", .headers = {"Location: file:///etc/passwd"}};
    return HttpServerForTest::whole_or_rest(content_, request);
  });
  options_.attempts = 1;
  EXPECT_TRUE(fetch_file(published({UrlSource{server.url("/moved")}}), place_, options_).ok());
  EXPECT_FALSE(fetch_file({"net.bin", {}, "", {UrlSource{server.url("/inside")}}}, scratch_.path() / "inside", options_).ok());
  EXPECT_FALSE(fetch_file({"net.bin", {}, "", {UrlSource{server.url("/round")}}}, scratch_.path() / "round", options_).ok());
  EXPECT_FALSE(fs::exists(scratch_.path() / "inside"));
}

TEST_F(FetchFile, GoesThroughTheProxyOfTheEnvironment) {
  HttpServerForTest proxy([this](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); });
  ASSERT_EQ(::setenv("http_proxy", proxy.url("").c_str(), 1), 0);
  const Status fetched = fetch_file(published({UrlSource{"http://published.invalid/net.bin"}}), place_, options_);
  ::unsetenv("http_proxy");
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  expect_whole();
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].path, "http://published.invalid/net.bin");
}

TEST_F(FetchFile, TriesSourcesInTurnAndSaysWhatEachAnswered) {
  const fs::path good = scratch_.write("good", content_), bad = scratch_.write("bad", "something else");
  ASSERT_TRUE(
      fetch_file(published({UrlSource{"file://" + bad.string()}, UrlSource{"file:///no/such"}, UrlSource{"file://" + good.string()}}),
                 place_, options_)
          .ok());
  expect_whole();
  fs::remove(place_);
  const Status status = fetch_file(published({UrlSource{"file://" + bad.string()}, NpmSource{"../evil", "1.0", "x"},
                                              WheelSource{"-r", "1.0", "x"}, UrlSource{"gopher://x"}}),
                                   place_, options_);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  for (const std::string& part :
       {"file://" + bad.string() + ": Downloaded file is shorter", std::string("'../evil' '1.0' is no name and version of an npm package"),
        std::string("'-r' '1.0' is no name and version of a wheel"), std::string("gopher://x: Download failed: "),
        "Put it by hand at " + place_.string() + " (600000 bytes, SHA-384 " + digest_of(content_) + ")"})
    EXPECT_NE(status.error().message.find(part), std::string::npos) << part << "\n" << status.error().message;
  EXPECT_EQ(status.error().message.find('\n'), std::string::npos);
  expect_absent();
}

TEST_F(FetchFile, TakesTheRightFileThatAPersonPutThere) {
  scratch_.write("models/net.bin", content_);
  EXPECT_TRUE(fetch_file(published({UrlSource{"file:///no/such"}}), place_, options_).ok());
  scratch_.write("models/net.bin", "another");
  EXPECT_FALSE(fetch_file(published({UrlSource{"file:///no/such"}}), place_, options_).ok());
}

TEST_F(FetchFile, KeepsABeginningForTheNextProcess) {
  options_.keep_partial = true;
  options_.attempts = 1;
  EXPECT_FALSE(fetch([&](const Request&) { return Answer{.body = content_, .headers = {}, .sent = 200'000}; }).ok());
  EXPECT_FALSE(fs::exists(place_));
  EXPECT_EQ(size_of_file(part_).value(), 200'000u);
  ASSERT_TRUE(fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); }).ok());
  EXPECT_EQ(offsets(), (std::vector<std::int64_t>{200'000}));
  expect_whole();
  expect_alone();
}

TEST_F(FetchFile, DoesNotTrustTheBeginningOfAnother) {
  scratch_.write("models/.net.bin.part", "the beginning of some other file");
  ASSERT_TRUE(fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); }).ok());
  EXPECT_EQ(offsets(), (std::vector<std::int64_t>{32, 0}));
  expect_whole();
  expect_alone();
}

TEST_F(FetchFile, DoesNotWriteThroughALink) {
  const fs::path victim = scratch_.write("victim", "precious");
  fs::create_directories(place_.parent_path());
  fs::create_symlink(victim, part_);
  const Status status = fetch([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_EQ(read_text(victim).value(), "precious");
}

// With some of the file there the process is killed.
TEST_F(FetchFile, SurvivesAKillAndGoesOn) {
  HttpServerForTest server([&](const Request& request) { return HttpServerForTest::whole_or_rest(content_, request); });
  const RemoteFile file = published({UrlSource{server.url("/net.bin")}});
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    (void)fetch_file(file, place_, options_, [](const FetchEvent& event) {
      if (std::holds_alternative<BytesReceived>(event)) std::raise(SIGKILL);
    });
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(fs::exists(place_));
  const auto kept = static_cast<std::int64_t>(size_of_file(part_).value());
  EXPECT_GT(kept, 0);
  ASSERT_TRUE(fetch_file(file, place_, options_).ok());
  EXPECT_EQ(server.requests().back().offset, kept);
  expect_whole();
  expect_alone();
}

TEST_F(FetchFile, IsFetchedOnceWhereSeveralWantIt) {
  HttpServerForTest server([&](const Request& request) {
    Answer answer = HttpServerForTest::whole_or_rest(content_, request);
    answer.pause_after = std::chrono::milliseconds(200);
    return answer;
  });
  const RemoteFile file = published({UrlSource{server.url("/net.bin")}});
  const FileCache cache(scratch_.path() / "cache");
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { good += cache.get(file, options_).ok() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 4);
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(read_text(cache.path_of(file.sha384)).value(), content_);
}

// A process has the file half-written; it ends it as soon as we wait for it, and what it brought is ours.
TEST_F(FetchFile, WaitsForAnotherProcess) {
  std::array<int, 2> begun{}, waited_for{};
  ASSERT_EQ(::pipe(begun.data()), 0);
  ASSERT_EQ(::pipe(waited_for.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  char byte = 0;
  if (child == 0) {
    auto part = PartialFile::open(place_);
    const bool written = part.ok() && part->append(std::as_bytes(std::span(content_))).ok();
    const bool told = ::write(begun[1], &byte, 1) == 1 && ::read(waited_for[0], &byte, 1) == 1;
    ::_exit(written && told && part->put_in_place().ok() ? 0 : 1);
  }
  ASSERT_EQ(::read(begun[0], &byte, 1), 1);
  const Status fetched = fetch_file(published({}), place_, options_, [&](const FetchEvent& event) {
    const bool waits = std::holds_alternative<WaitingForOther>(event);
    EXPECT_TRUE(!waits || ::write(waited_for[1], &byte, 1) == 1);
  });
  EXPECT_TRUE(fetched.ok());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  expect_whole();
  expect_alone();
  for (const int end : {begun[0], begun[1], waited_for[0], waited_for[1]}) ::close(end);
}

// By a cookie in the old days, by a page today.
TEST_F(FetchFile, ConfirmsWhatGoogleDriveAsks) {
  for (const std::string& question :
       {std::string("Set-Cookie: download_warning_1=t; Path=/"), std::string("Content-Type: text/html; charset=utf-8")}) {
    HttpServerForTest server([&](const Request& request) {
      if (request.path.ends_with("&confirm=t")) return HttpServerForTest::whole_or_rest(content_, request);
      return Answer{.body = "<html>really?</html>", .headers = {question}};
    });
    options_.google_drive = server.url("/uc");
    ASSERT_TRUE(fetch_file(published({GoogleDriveSource{"a b&c"}}), place_, options_).ok());
    expect_whole();
    EXPECT_EQ(server.requests().at(0).path, "/uc?export=download&id=a%20b%26c");
    EXPECT_EQ(server.requests().size(), 2u);
    fs::remove(place_);
  }
  EXPECT_EQ(where_published(GoogleDriveSource{"a b"}), "Google Drive a b");
}

TEST_F(FetchFile, ChecksSizeAndDigest) {
  const fs::path path = scratch_.write("file", content_);
  EXPECT_TRUE(check_file(published({}), path).ok());
  EXPECT_EQ(check_file(published({}), scratch_.path() / "none").error().code, ErrorCode::kNotFound);
  scratch_.write("file", "long");
  EXPECT_EQ(check_file(published({}), path).error().message, path.string() + ": has 4 bytes where the published file has 600000");
}

class Cache : public FetchFile {
 protected:
  const FileCache cache_{scratch_.path() / "cache"};
};

TEST_F(Cache, FetchesWhatItLacksAndKeepsIt) {
  const fs::path original = scratch_.write("original", content_);
  const RemoteFile file = published({UrlSource{"file://" + original.string()}});
  const auto first = cache_.get(file, options_);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(*first, scratch_.path() / "cache/1" / file.sha384.substr(0, 2) / file.sha384.substr(2));
  fs::remove(original);
  EXPECT_TRUE(cache_.get(file, options_).ok());
}

TEST_F(Cache, ReplacesWhatIsWrong) {
  const fs::path original = scratch_.write("original", content_);
  const RemoteFile file = published({UrlSource{"file://" + original.string()}});
  const fs::path cached = cache_.path_of(file.sha384);
  for (const auto& [wrong, problem] : {std::pair{std::string("x"), "Cached file is shorter (1 B) than expected (600000 B)"},
                                       std::pair{content_ + "x", "Cached file is longer than expected (600000 B), copying aborted"}}) {
    ASSERT_TRUE(write_file(cached, wrong).ok());
    events_.clear();
    ASSERT_TRUE(cache_.get(file, options_, [this](const FetchEvent& event) { events_.push_back(event); }).ok());
    EXPECT_EQ(last_problem(), problem);
    EXPECT_EQ(read_text(cached).value(), content_);
  }
  ASSERT_TRUE(write_file(cached, std::string(content_.size(), 'x')).ok());
  events_.clear();
  ASSERT_TRUE(cache_.get(file, options_, [this](const FetchEvent& event) { events_.push_back(event); }).ok());
  EXPECT_EQ(events<DigestDiffers>().size(), 1u);
}

TEST(UsersCache, IsWhereTheEnvironmentSays) {
  ASSERT_EQ(::setenv("XDG_CACHE_HOME", "/xdg", 1), 0);
  ASSERT_EQ(::unsetenv("OCTET_CACHE"), 0);
  EXPECT_EQ(FileCache::of_user()->root(), "/xdg/octet");
  ASSERT_EQ(::setenv("OCTET_CACHE", "own", 1), 0);
  EXPECT_EQ(FileCache::of_user()->root(), "own");
  ASSERT_EQ(::unsetenv("OCTET_CACHE"), 0);
  ASSERT_EQ(::setenv("XDG_CACHE_HOME", "relative", 1), 0);
  ASSERT_EQ(::setenv("HOME", "/of-me", 1), 0);
  EXPECT_EQ(FileCache::of_user()->root(), "/of-me/.cache/octet");
}

}  // namespace
}  // namespace octet
