// What every verb that writes leaves behind where one of its system calls fails, or where it is killed before one: all of the old
// files or all of the new ones. fault_injection.c, preloaded, counts the calls and lets one fail.
// ctest takes a sample of the calls; OCTET_FAULTS=all takes every one. docs/faults.md has its table.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/files.h"
#include "data/embedded_demo.h"
#include "formats/npz/npz.h"
#include "importers/openvino_ir/import.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSampledCalls = 6;
constexpr std::array kKinds{"EIO", "ENOSPC", "EINTR", "SHORT", "KILL"};

// SHA-256 by path in the output folder.
using Snapshot = std::map<std::string, std::string>;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string digest_of(const std::string& text) { return sha256_hex(std::as_bytes(std::span(text))); }

bool is_leftover(const fs::path& path) { return path.filename().string().starts_with(".octet-"); }

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

// A detector of two convolutions in 32x32 pixels whose weights begin with `first`, as Darknet's two files.
void write_detector(const fs::path& folder, float first) {
  const std::string cfg =
      "[net]\nwidth=32\nheight=32\nchannels=3\n"
      "[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=leaky\n"
      "[convolutional]\nfilters=18\nsize=1\nstride=1\npad=0\nactivation=linear\n"
      "[yolo]\nmask=0,1,2\nanchors=8,8, 16,16, 24,24\nclasses=1\nnum=3\n";
  std::vector<float> values(8 + 8 * 3 * 9 + 18 + 18 * 8);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + 0.01f * static_cast<float>(i % 17) - 0.08f;
  std::string weights(20, '\0');
  weights[4] = 2;  // version 0.2
  weights.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  ASSERT_TRUE(write_file(folder / "tiny.cfg", cfg).ok());
  ASSERT_TRUE(write_file(folder / "tiny.weights", weights).ok());
  ASSERT_TRUE(write_file(folder / "tiny.names", std::string("thing\n")).ok());
}

// A verb that writes, and what it writes: version "a" of everything, or "b".
struct Verb {
  std::string name;
  std::function<std::string(const fs::path& root, const std::string& version)> arguments;
  bool over_old_files = true;
};

// Files that one transaction writes; `run` has several, one after the other.
std::string unit_of(const std::string& verb, const std::string& path) {
  if (verb != "run") return "";
  return path == "report.html" ? "3" : path.find("INT8") != std::string::npos ? "2" : "1";
}

std::string ir_of(const fs::path& root, const std::string& version) { return quoted(root / "ir" / version / "public/tiny/FP32/tiny.xml"); }

const std::vector<Verb>& verbs() {
  static const auto convert = [](const fs::path& root, const std::string& version) {
    return "convert " + quoted(root / "models" / version / "tiny.cfg") + " --output " + quoted(root / "out");
  };
  static const std::vector<Verb> all{
      {"convert", convert},
      {"convert, no old files", convert, false},
      {"quantize",
       [](const fs::path& root, const std::string& version) {
         return "quantize " + ir_of(root, version) + " --images " + quoted(root / "pictures") + " --threads 1 --output " +
                quoted(root / "out");
       }},
      {"infer",
       [](const fs::path& root, const std::string& version) {
         return "infer " + ir_of(root, version) + " --input " + quoted(root / "in.npz") + " --output " + quoted(root / "out/out.npz");
       }},
      {"detect",
       [](const fs::path& root, const std::string& version) {
         return "detect " + ir_of(root, version) + " --images " + quoted(root / "pictures") + " --draw-threshold 0 --results " +
                quoted(root / "out/results.json") + " --draw " + quoted(root / "out/drawn");
       }},
      {"download",
       [](const fs::path& root, const std::string& version) {
         return "download " + quoted(root / "models" / version / "tiny.yml") + " --model-dir " + quoted(root / "models" / version) +
                " --output " + quoted(root / "out");
       }},
      {"reproduce",
       [](const fs::path& root, const std::string& version) {
         return "reproduce " + quoted(root / "int8" / version / "public/tiny/FP32-INT8/tiny.octet.json") + " --output " +
                quoted(root / "out");
       }},
      {"merge",
       [](const fs::path& root, const std::string& version) {
         return "merge " + quoted(root / "parts" / version) + " --output " + quoted(root / "out");
       }},
      {"data convert",
       [](const fs::path& root, const std::string& version) {
         return "data convert " + quoted(root / "labelled" / version) + " --output " + quoted(root / "out/val.json");
       }},
      {"data --demo", [](const fs::path& root, const std::string&) { return "data --demo " + quoted(root / "out"); }},
      {"run",
       [](const fs::path& root, const std::string& version) {
         return "run " + quoted(root / "models" / version / "tiny.cfg") + " --data " + quoted(root / "coco") +
                " --seconds 0 --threads 1 --output " + quoted(root / "out");
       }},
  };
  return all;
}

// How often each outcome was seen.
struct Tally {
  int tried = 0, went_on = 0, refused = 0, refused_after = 0, killed_old = 0, killed_new = 0, killed_between = 0;
};

class FaultInjection : public testing::TestWithParam<Verb> {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (fs::canonical(fs::temp_directory_path()) / "octet-faults-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    for (const char* version : {"a", "b"}) write_version(version);
    write_pictures();
    for (const char* version : {"a", "b"}) write_work_of(version);
    ASSERT_TRUE(write_npz(root_ / "in.npz", {{"image", Tensor(ElementType::kF32, {1, 3, 32, 32})}}).ok());
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static void write_version(const std::string& version) {
    const fs::path folder = root_ / "models" / version;
    write_detector(folder, version == "a" ? 0.01f : 0.02f);
    ASSERT_TRUE(
        write_file(folder / "tiny.yml", std::string("description: a test\ntask_type: detection\nframework: darknet\nfiles:\n"
                                                    "  - {name: tiny.cfg, role: source}\n  - {name: tiny.weights, role: weights}\n"))
            .ok());
    ASSERT_EQ(octet("convert " + quoted(folder / "tiny.cfg") + " --output " + quoted(root_ / "ir" / version)), 0) << errors();
  }

  // What reproduce, merge and data convert start from.
  static void write_work_of(const std::string& version) {
    const std::string pictures = " --images " + quoted(root_ / "pictures") + " --threads 1";
    ASSERT_EQ(octet("quantize " + ir_of(root_, version) + pictures + " --output " + quoted(root_ / "int8" / version)), 0) << errors();
    for (const char* share : {"1/2", "2/2"})
      ASSERT_EQ(
          octet("detect " + ir_of(root_, version) + pictures + " --shard " + share + " --output " + quoted(root_ / "parts" / version)), 0)
          << errors();
    const fs::path labelled = root_ / "labelled" / version;
    ASSERT_TRUE(write_file(labelled / "data.yaml", std::string("path: .\nval: images/val\nnames: [thing]\n")).ok());
    ASSERT_TRUE(write_file(labelled / "labels/val/one.txt", "0 0.5 0.5 0." + std::to_string(version == "a" ? 1 : 2) + " 0.1\n").ok());
    fs::create_directories(labelled / "images/val");
    for (const fs::path& picture : files_below(root_ / "pictures"))
      fs::copy_file(picture, labelled / "images/val/one.jpg", fs::copy_options::overwrite_existing);
  }

  // Two photographs, by themselves and in COCO's layout.
  static void write_pictures() {
    std::string images;
    for (const EmbeddedFile& file : embedded_demo()) {
      const fs::path path(file.path);
      if (path.parent_path().filename() != "val2017" || images.size() > 100) continue;
      for (const fs::path& folder : {root_ / "pictures", root_ / "coco/val2017"})
        ASSERT_TRUE(write_file(folder / path.filename(), file.bytes).ok());
      images += (images.empty() ? "" : ",") + std::string("{\"id\":") + std::to_string(images.size() + 1) + ",\"file_name\":\"" +
                path.filename().string() + "\",\"width\":640,\"height\":480}";
    }
    const std::string annotations = "{\"images\":[" + images + "],\"annotations\":[],\"categories\":[{\"id\":1,\"name\":\"thing\"}]}";
    ASSERT_TRUE(write_file(root_ / "coco/annotations/instances_val2017.json", annotations).ok());
  }

  // The status that a shell would show, 128 + n where signal n ended the program.
  static int octet(const std::string& arguments, const std::string& environment = "") {
    const std::string command = "exec env " + environment + " " + OCTET_PROGRAM + " " + arguments + " >" + quoted(root_ / "stdout") +
                                " 2>" + quoted(root_ / "stderr");
    const int status = std::system(command.c_str());
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  static std::string errors() { return text_of(root_ / "stderr"); }
  static fs::path out() { return root_ / "out"; }

  // One version of the report differs from another of the same version by times alone: it counts by the model that it names.
  std::string fingerprint(const fs::path& path) const {
    const std::string text = text_of(path);
    if (path.filename() != "report.html") return digest_of(text);
    const std::string new_model = text_of(root_ / "ir/b/public/tiny/FP32/tiny.bin");
    return text.ends_with("</html>\n") ? (text.find(digest_of(new_model)) != std::string::npos ? "new" : "old") : "cut off";
  }

  Snapshot snapshot() const {
    Snapshot files;
    for (const fs::path& path : files_below(out()))
      if (!is_leftover(path)) files[path.lexically_relative(out()).string()] = fingerprint(path);
    return files;
  }

  static std::vector<fs::path> leftovers() {
    std::vector<fs::path> left = files_below(out());
    std::erase_if(left, [](const fs::path& path) { return !is_leftover(path); });
    return left;
  }

  std::string arguments(const std::string& version) const { return GetParam().arguments(root_, version); }

  void make_old_and_new() {
    fs::remove_all(out());
    fs::remove_all(root_ / "old");
    if (GetParam().over_old_files) {
      ASSERT_EQ(octet(arguments("a")), 0) << errors();
      if (GetParam().name == "data --demo")
        for (const fs::path& path : files_below(out())) std::ofstream(path, std::ios::app) << "older";
      old_ = snapshot();
      fs::copy(out(), root_ / "old", fs::copy_options::recursive);
    }
    ASSERT_EQ(octet(arguments("b")), 0) << errors();
    new_ = snapshot();
    ASSERT_NE(old_, new_);
    ASSERT_EQ(leftovers().size(), 0u);
  }

  void restore_old() const {
    fs::remove_all(out());
    if (GetParam().over_old_files) fs::copy(root_ / "old", out(), fs::copy_options::recursive);
  }

  std::string environment(const std::string& more) const {
    return "LD_PRELOAD='" OCTET_FAULT_LIBRARY "' FAULT_BELOW=" + quoted(out()) + " " + more;
  }

  // "open", "write" ... in the order of the program.
  std::vector<std::string> calls() const {
    restore_old();
    fs::remove(root_ / "log");
    EXPECT_EQ(octet(arguments("b"), environment("FAULT_LOG=" + quoted(root_ / "log"))), 0) << errors();
    std::ifstream log(root_ / "log");
    std::vector<std::string> calls;
    for (std::string line; std::getline(log, line);) calls.push_back(line);
    return calls;
  }

  // Whether every transaction's files are all old or all new, and no later one's new where an earlier one's are old.
  bool is_whole(const Snapshot& found) const {
    std::map<std::string, std::set<std::string>> states;
    for (const Snapshot* expected : {&old_, &new_}) {
      std::map<std::string, Snapshot> units, found_units;
      for (const auto& [path, digest] : *expected) units[unit_of(GetParam().name, path)][path] = digest;
      for (const auto& [path, digest] : found) found_units[unit_of(GetParam().name, path)][path] = digest;
      for (const char* unit : {"", "1", "2", "3"})
        if (units[unit] == found_units[unit]) states[unit].insert(expected == &new_ ? "new" : "old");
    }
    bool old_seen = false;
    for (const auto& unit : {"", "1", "2", "3"}) {
      if (states[unit].empty() || (old_seen && !states[unit].contains("old"))) return false;
      old_seen = old_seen || !states[unit].contains("new");
    }
    return true;
  }

  // For whoever does not know of journals: an .xml has the .bin that it was written with, or is not there.
  void expect_pairs(const std::string& what) const {
    const Snapshot found = snapshot();
    for (const auto& [path, digest] : found) {
      if (!path.ends_with(".xml")) continue;
      const std::string bin = path.substr(0, path.size() - 4) + ".bin";
      const auto is_pair_of = [&, xml = path, xml_digest = digest](const Snapshot& state) {
        return state.contains(xml) && state.at(xml) == xml_digest && found.contains(bin) && state.at(bin) == found.at(bin);
      };
      EXPECT_TRUE(is_pair_of(old_) || is_pair_of(new_)) << what << ": " << path << " beside another model's .bin";
    }
  }

  void expect_readable(const std::string& what) const {
    for (const fs::path& path : files_below(out()))
      if (path.extension() == ".xml") {
        EXPECT_TRUE(import_openvino_ir(path).ok()) << what << ": " << path;
      }
  }

  void expect_one_error_line(const std::string& what) const {
    std::istringstream lines(errors());
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.starts_with("error: ");
    EXPECT_EQ(count, 1) << what << ": " << errors();
  }

  void check_killed(const std::string& what) {
    expect_pairs(what);
    const bool between = !is_whole(snapshot());
    for (const fs::path& path : files_below(out())) EXPECT_TRUE(FolderView::open(path.parent_path()).ok()) << what;
    EXPECT_TRUE(is_whole(snapshot())) << what;
    EXPECT_EQ(leftovers().size(), 0u) << what;
    ++(between ? tally_.killed_between : snapshot() == new_ ? tally_.killed_new : tally_.killed_old);
  }

  void check_ended(int status, const std::string& kind, const std::string& call, const std::string& what) {
    const bool is_repeated = kind == "EINTR" || kind == "SHORT";
    if (status == 0) {
      EXPECT_EQ(snapshot(), new_) << what;
      ++tally_.went_on;
    } else {
      EXPECT_FALSE(is_repeated) << what << ": " << errors();
      EXPECT_TRUE(status == 1 || status == 3) << what << ": status " << status;
      expect_one_error_line(what);
      EXPECT_TRUE(is_whole(snapshot())) << what << ": " << errors();
      ++(snapshot() == new_ ? tally_.refused_after : tally_.refused);
    }
    if (!call.starts_with("unlink ")) {
      EXPECT_EQ(leftovers().size(), 0u) << what << ": " << errors();
    }
  }

  void try_fault(std::size_t at, const std::string& call, const std::string& kind) {
    const std::string what = GetParam().name + ", " + kind + " at call " + std::to_string(at) + ", " + call;
    restore_old();
    const int status = octet(arguments("b"), environment("FAULT_AT=" + std::to_string(at) + " FAULT_KIND=" + kind));
    ++tally_.tried;
    if (kind == "KILL") {
      EXPECT_EQ(status, 128 + SIGKILL) << what;
      check_killed(what);
    } else {
      check_ended(status, kind, call, what);
    }
    expect_readable(what);
  }

  void print_row(std::size_t calls) const {
    std::cout << "| " << GetParam().name << " | " << calls << " | " << tally_.tried << " | " << tally_.went_on << " | " << tally_.refused
              << " | " << tally_.refused_after << " | " << tally_.killed_old << " | " << tally_.killed_new << " | " << tally_.killed_between
              << " |\n";
  }

  static inline fs::path root_;
  Snapshot old_, new_;
  Tally tally_;
};

TEST_P(FaultInjection, LeavesAllOldOrAllNewFiles) {
  make_old_and_new();
  const std::vector<std::string> calls = this->calls();
  ASSERT_GE(calls.size(), 5u);
  const bool all = std::getenv("OCTET_FAULTS") != nullptr;
  const std::size_t step = all ? 1 : std::max<std::size_t>(1, calls.size() / kSampledCalls);
  for (std::size_t at = 1; at <= calls.size(); at += step)
    for (const char* kind : kKinds)
      if (kind != std::string("SHORT") || calls[at - 1].starts_with("write ")) try_fault(at, calls[at - 1], kind);
  print_row(calls.size());
}

// Verbs that only read make no such call.
TEST_F(FaultInjection, NeedsNoTestForCheckAndBench) {
  const std::string log = "LD_PRELOAD='" OCTET_FAULT_LIBRARY "' FAULT_BELOW=" + quoted(root_) + " FAULT_LOG=" + quoted(root_ / "reads");
  for (const std::string& arguments :
       {"check " + ir_of(root_, "a") + " --data " + quoted(root_ / "coco"), "bench " + ir_of(root_, "a") + " --seconds 0 --threads 1"}) {
    fs::remove(root_ / "reads");
    ASSERT_EQ(octet(arguments, log), 0) << errors();
    const std::string calls = text_of(root_ / "reads");
    EXPECT_NE(calls.find("open "), std::string::npos);
    for (const char* writing : {"write ", "rename ", "unlink ", "mkdir ", "fsync "}) EXPECT_EQ(calls.find(writing), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Verbs, FaultInjection, testing::ValuesIn(verbs()), [](const auto& verb) {
  std::string name;
  for (const char c : verb.param.name) name += std::isalpha(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

}  // namespace
}  // namespace octet
