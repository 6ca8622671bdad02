#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/files.h"
#include "base/scratch_folder.h"
#include "commands/command.h"
#include "commands/reporter.h"
#include "download/http_server_for_test.h"

namespace octet::commands {
namespace {

namespace fs = std::filesystem;

struct Finished {
  int status;
  std::string out, err;
};

Finished run(const std::vector<std::string>& words) {
  for (const Command& command : commands())
    if (command.name == "omz_downloader") {
      testing::internal::CaptureStdout();
      testing::internal::CaptureStderr();
      const int status = command.run(words);
      const std::string out = testing::internal::GetCapturedStdout();
      return {status, out, testing::internal::GetCapturedStderr()};
    }
  ADD_FAILURE() << "there is no omz_downloader";
  return {};
}

// A tree of two models, of which the server has one.
class OmzDownloader : public testing::Test {
 protected:
  OmzDownloader() {
    describe("good", "");
    describe("missing", "");
    describe("replaced", "postprocessing:\n  - {$type: regex_replace, file: part.py, pattern: '(\\w+) here', replacement: '# \\g<1>'}\n");
    describe("not-replaced", "postprocessing:\n  - {$type: regex_replace, file: part.py, pattern: zzz, replacement: y}\n");
  }

  void describe(const std::string& name, const std::string& more) {
    const std::string digest = sha384_hex(std::as_bytes(std::span(content_)));
    folder_.write("models/public/" + name + "/model.yml",
                  fmt::format("description: a model\ntask_type: detection\nframework: onnx\nlicense: none\nmodel_optimizer_args: []\n"
                              "input_info:\n  - {{name: data, shape: [1, 3, 8, 8], layout: NCHW}}\n"
                              "files:\n  - name: part.py\n    size: {}\n    checksum: {}\n    source: {}\n{}",
                              content_.size(), digest, server_.url("/" + name), more));
  }

  Finished download(const std::string& names, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"--models_root", (folder_.path() / "models").string(), "--name", names, "--output", out_.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  fs::path place(const std::string& name) const { return out_ / "public" / name / "part.py"; }

  const std::string content_ = "what is here\n";
  const ScratchFolder folder_;
  const fs::path out_ = folder_.path() / "out";
  HttpServerForTest server_{[this](const HttpServerForTest::Request& request) {
    if (request.path == "/missing") return HttpServerForTest::Answer{.status = 404, .body = "not here", .headers = {}};
    return HttpServerForTest::whole_or_rest(content_, request);
  }};
};

TEST_F(OmzDownloader, PrintsWhatTheOldCommandPrints) {
  const Finished text = download("good");
  EXPECT_EQ(text.status, 0);
  EXPECT_EQ(text.err, "");
  EXPECT_TRUE(text.out.starts_with("################|| Downloading good ||################\n\n========== Downloading " +
                                   place("good").string() + "\n... 100%, 0 KB, "))
      << text.out;
  EXPECT_TRUE(text.out.ends_with(" seconds passed\n\n")) << text.out;
  EXPECT_EQ(read_text(place("good")).value(), content_);
}

TEST_F(OmzDownloader, WritesEventsThatProgramsRead) {
  const Finished events = download("replaced", {"--progress_format=json"});
  EXPECT_EQ(events.status, 0);
  const std::string file = R"("model": "replaced", "model_file": "part.py")";
  EXPECT_EQ(events.out, R"({"$type": "model_download_begin", "model": "replaced", "num_files": 1})"
                        "\n{\"$type\": \"model_file_download_begin\", " +
                            file +
                            R"(, "size": 13})"
                            "\n{\"$type\": \"model_file_download_progress\", " +
                            file +
                            R"(, "size": 13})"
                            "\n{\"$type\": \"model_file_download_end\", " +
                            file +
                            R"(, "successful": true})"
                            "\n"
                            R"({"$type": "model_download_end", "model": "replaced", "successful": true})"
                            "\n"
                            R"({"$type": "model_postprocessing_begin", "model": "replaced"})"
                            "\n"
                            R"({"$type": "model_postprocessing_end", "model": "replaced"})"
                            "\n");
  EXPECT_EQ(read_text(place("replaced")).value(), "what # is\n");
  EXPECT_EQ(read_text(place("replaced").string() + ".orig").value(), content_);
}

TEST_F(OmzDownloader, LeavesNothingInThePlaceOfWhatFailed) {
  for (const char* name : {"missing", "not-replaced"}) {
    folder_.write("out/public/" + std::string(name) + "/part.py", "of another day");
    EXPECT_EQ(download(name).status, 1);
    EXPECT_FALSE(fs::exists(place(name))) << name;
  }
  EXPECT_EQ(read_text(place("not-replaced").string() + ".orig").value(), content_);
}

TEST_F(OmzDownloader, GoesOnAfterAModelThatFails) {
  for (const std::string jobs : {"1", "3"}) {
    fs::remove_all(out_);
    const Finished two = download("missing,good", {"-j", jobs});
    EXPECT_EQ(two.status, 1);
    EXPECT_TRUE(two.out.ends_with("FAILED:\nmissing\n")) << two.out;
    EXPECT_LT(two.out.find("|| Downloading missing"), two.out.find("|| Downloading good"));
    EXPECT_NE(two.err.find("########## Error: Download failed\n"), std::string::npos) << two.err;
    EXPECT_NE(two.err.find("Put it by hand at " + place("missing").string()), std::string::npos) << two.err;
    EXPECT_TRUE(fs::exists(place("good")));
    EXPECT_TRUE(fs::is_empty(place("missing").parent_path()));
  }
}

TEST_F(OmzDownloader, EndsWherePostprocessingFails) {
  const Finished failed = download("not-replaced,good");
  EXPECT_EQ(failed.status, 1);
  EXPECT_NE(failed.err.find("pattern 'zzz' occurs 0 times"), std::string::npos) << failed.err;
  EXPECT_FALSE(fs::exists(place("good")));
}

TEST_F(OmzDownloader, TakesFilesFromTheCache) {
  const std::vector<std::string> cache{"--cache_dir", (folder_.path() / "cache").string()};
  EXPECT_EQ(download("good", cache).status, 0);
  const std::size_t requests = server_.requests().size();
  fs::remove_all(out_);
  const Finished again = download("good", cache);
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.out.find("========== Retrieving " + place("good").string() + " from the cache\n\n"), std::string::npos) << again.out;
  EXPECT_EQ(server_.requests().size(), requests);
  EXPECT_EQ(read_text(place("good")).value(), content_);
}

TEST_F(OmzDownloader, SkipsModelsOfOtherPrecisions) {
  const Finished skipped = download("good", {"--precisions", "FP16-INT8"});
  EXPECT_EQ(skipped.status, 0);
  EXPECT_NE(skipped.out.find("========== Skipping good (model is unsupported in {'FP16-INT8'} precisions)\n\n"), std::string::npos)
      << skipped.out;
  EXPECT_FALSE(fs::exists(out_));
  const Finished unknown = download("good", {"--precisions", "FP8,BF16"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_EQ(unknown.err, "Unknown precisions specified: BF16, FP8.\n");
}

TEST_F(OmzDownloader, RefusesAWrongCommandLineWithTheWholeHelp) {
  const Finished zero = run({"--all", "--num_attempts", "0"});
  EXPECT_EQ(zero.status, 2);
  EXPECT_EQ(zero.err, "error: argument --num_attempts: must be a positive integer (got '0')\n");
  EXPECT_TRUE(zero.out.starts_with("usage: omz_downloader")) << zero.out;
}

TEST_F(OmzDownloader, EndsWhereTheCacheThatIsAskedForIsAFile) {
  const fs::path cache = out_.parent_path() / "cache-in-the-way";
  std::ofstream(cache) << "a file";
  const Finished ended = download("good", {"--cache_dir", cache.string()});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.err, "error: --cache_dir " + cache.string() + ": Not a directory\n");
  EXPECT_FALSE(fs::exists(out_));
}

TEST(OrderedOutput, WritesJobsInTheirOrder) {
  OrderedOutput output(3);
  testing::internal::CaptureStdout();
  output.print(1, stdout, "b");
  output.print(0, stdout, "a");
  output.end(1);
  output.print(2, stdout, "c");
  output.end(0);
  output.print(2, stdout, "d");
  output.end(2);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "abcd");
}

}  // namespace
}  // namespace octet::commands
