#include "engines/shared_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// A variable of the environment for the time of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_.empty())
      ::unsetenv(name_);
    else
      ::setenv(name_, before_.c_str(), 1);
  }

 private:
  const char* name_;
  std::string before_;
};

class SharedLibraryFiles : public ::testing::Test {
 protected:
  SharedLibraryFiles() : folder_(fs::temp_directory_path() / ("octet-library-" + std::to_string(::getpid()))) {}
  ~SharedLibraryFiles() override { fs::remove_all(folder_); }

  fs::path make(const fs::path& relative) {
    EXPECT_TRUE(write_file(folder_ / relative, std::string_view("no library")).ok());
    return folder_ / relative;
  }

  const LibraryPlaces places_{"Fake", "libfake.so", "OCTET_FAKE", {"fake/capi"}};
  fs::path folder_;
};

TEST_F(SharedLibraryFiles, AreWhatTheVariableNames) {
  const fs::path file = make("somewhere/libfake.so.2"), inside = make("packages/fake/capi/libfake.so.1.2");
  {
    const Variable named("OCTET_FAKE", file.string());
    EXPECT_EQ(library_files(places_), std::vector<fs::path>{file});
  }
  {
    const Variable named("OCTET_FAKE", file.parent_path().string());
    EXPECT_EQ(library_files(places_), std::vector<fs::path>{file});
  }
  const Variable named("OCTET_FAKE", (folder_ / "packages").string());
  EXPECT_EQ(library_files(places_), std::vector<fs::path>{inside});
}

TEST_F(SharedLibraryFiles, LieInTheActivePythonEnvironmentBeforeThatOfThePath) {
  const fs::path active = make("active/lib/python3.11/site-packages/fake/capi/libfake.so.1");
  const fs::path on_path = make("other/lib/python3.12/site-packages/fake/capi/libfake.so.2");
  make("other/bin/python3");
  const Variable environment("VIRTUAL_ENV", (folder_ / "active").string()), path("PATH", (folder_ / "other/bin").string());
  EXPECT_EQ(library_files(places_), (std::vector<fs::path>{active, on_path}));
}

TEST_F(SharedLibraryFiles, AreAskedForWhereThereAreNone) {
  const Variable environment("VIRTUAL_ENV", folder_.string());
  const auto library = SharedLibrary::load(places_);
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(library.error().message.substr(0, 42), "Fake is not installed: there is no libfake");
  EXPECT_NE(library.error().message.find("OCTET_FAKE"), std::string::npos);
}

TEST_F(SharedLibraryFiles, AreNamedWhereTheyDoNotLoad) {
  const fs::path file = make("libfake.so");
  const Variable named("OCTET_FAKE", file.string());
  const auto library = SharedLibrary::load(places_);
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(library.error().message.find(file.string()), std::string::npos) << library.error().message;
}

// The C library stands for one of another version.
TEST_F(SharedLibraryFiles, AreNamedWhereAFunctionIsMissing) {
  const LibraryPlaces places{"C", "libm.so.6", "OCTET_FAKE", {}};
  const auto library = SharedLibrary::load(places);
  if (!library.ok()) GTEST_SKIP() << library.error().message;
  double (*cosine)(double) = nullptr;
  ASSERT_TRUE(library->resolve("cos", cosine).ok());
  EXPECT_EQ(cosine(0), 1);
  const auto status = library->resolve("no_such_function", cosine);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(status.error().message.find("libm.so.6 has no function no_such_function"), std::string::npos) << status.error().message;
}

}  // namespace
}  // namespace octet
