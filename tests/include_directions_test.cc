// The sources as text: includes point down the layers of src/CMakeLists.txt, files stay short, nothing names a path of one machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace octet {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = OCTET_SOURCE_DIR;
constexpr std::size_t kMaxLines = 900;

using Layers = std::map<std::string, std::set<std::string>>;

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string name_in_tree(const fs::path& path) { return fs::relative(path, kRoot).string(); }

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// What each folder DEPENDS on by the text of src/CMakeLists.txt; a call may go over several lines.
Layers direct_layers(const std::vector<std::string>& cmake) {
  std::string text;
  for (const std::string& line : cmake) text += line.substr(0, line.find('#')) + '\n';
  static const std::regex kCall(R"(octet_folder\s*\(([^)]*)\))");
  Layers layers;
  for (std::sregex_iterator call(text.begin(), text.end(), kCall), end; call != end; ++call) {
    const std::vector<std::string> words = words_of((*call)[1]);
    if (words.empty()) continue;
    std::set<std::string>& depends = layers[words[0]];
    std::string keyword;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "DEPENDS" || words[i] == "LIBRARIES")
        keyword = words[i];
      else if (keyword == "DEPENDS")
        depends.insert(words[i]);
    }
  }
  return layers;
}

Layers reachable(const Layers& direct) {
  Layers all;
  for (const auto& [folder, unused] : direct) {
    const std::function<void(const std::string&)> visit = [&, &reached = all[folder]](const std::string& name) {
      if (!reached.insert(name).second || !direct.count(name)) return;
      for (const std::string& next : direct.at(name)) visit(next);
    };
    visit(folder);
  }
  return all;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "src")) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".cc" || extension == ".h" || extension == ".inl" || extension == ".inc"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The folder of src that an include names; empty if it is a file of the same folder or the public interface.
std::string folder_of_include(const std::string& include) {
  const std::string folder = include.substr(0, include.find('/'));
  return folder.size() == include.size() || folder == "octet" ? "" : folder;
}

std::vector<std::string> wrong_includes(const std::vector<std::string>& lines, const std::string& folder, const Layers& layers) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*"([^"]+)")re");
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(lines[i], match, kInclude)) continue;
    const std::string target = folder_of_include(match[1]);
    if (!target.empty() && !layers.at(folder).count(target)) wrong.push_back(std::to_string(i + 1) + ": " + lines[i]);
  }
  return wrong;
}

// Files that people write: everything but the demonstration, test fixtures and what is built or made locally.
std::vector<fs::path> written_files() {
  static const std::set<std::string> kSkipped = {"build", "out", "demo", "testdata", ".git", ".cache", "compile_commands.json"};
  static const std::set<std::string> kBinary = {".png", ".jpg", ".npz", ".bin"};
  std::vector<fs::path> paths;
  for (auto it = fs::recursive_directory_iterator(kRoot); it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    const bool skipped = kSkipped.count(name) || name.rfind(".venv", 0) == 0;
    if (skipped && it->is_directory()) it.disable_recursion_pending();
    if (!skipped && it->is_regular_file() && !kBinary.count(it->path().extension().string())) paths.push_back(it->path());
  }
  return paths;
}

TEST(IncludeDirections, ReadsCallsOfSeveralLines) {
  const Layers layers = direct_layers(
      {"octet_folder(base LIBRARIES a::b)  # DEPENDS none", "octet_folder(top", "  DEPENDS base", "    mid", "  LIBRARIES x)"});
  EXPECT_EQ(layers, (Layers{{"base", {}}, {"top", {"base", "mid"}}}));
}

TEST(IncludeDirections, FollowsWhatAFolderDependsOn) {
  const Layers layers = reachable({{"base", {}}, {"mid", {"base"}}, {"top", {"mid"}}});
  EXPECT_EQ(layers.at("top"), (std::set<std::string>{"base", "mid", "top"}));
  EXPECT_EQ(layers.at("base"), (std::set<std::string>{"base"}));
}

TEST(IncludeDirections, RefusesAnIncludeThatPointsUp) {
  const Layers layers = {{"base", {"base"}}, {"top", {"base", "top"}}};
  const std::vector<std::string> lines = {"#include <map>", "#include \"base/a.h\"", "#include \"top/b.h\""};
  EXPECT_EQ(wrong_includes(lines, "base", layers), (std::vector<std::string>{"3: #include \"top/b.h\""}));
  EXPECT_TRUE(wrong_includes(lines, "top", layers).empty());
}

TEST(IncludeDirections, OfSrcPointDown) {
  const Layers direct = direct_layers(lines_of(kRoot / "src/CMakeLists.txt"));
  ASSERT_GE(direct.size(), 18u) << "src/CMakeLists.txt is not read as it is written";
  const Layers layers = reachable(direct);
  for (const fs::path& path : sources()) {
    const std::string folder = fs::relative(path, kRoot / "src").begin()->string();
    if (folder == "cli") continue;  // the program may use everything
    if (!layers.count(folder)) {
      ADD_FAILURE() << name_in_tree(path) << ": src/CMakeLists.txt has no octet_folder(" << folder << ")";
      continue;
    }
    for (const std::string& wrong : wrong_includes(lines_of(path), folder, layers))
      ADD_FAILURE() << name_in_tree(path) << ':' << wrong << "\nis not among what octet_folder(" << folder << ") depends on";
  }
}

TEST(Sources, AreShort) {
  for (const fs::path& path : sources()) EXPECT_LE(lines_of(path).size(), kMaxLines) << name_in_tree(path);
}

TEST(Sources, NameNoPathOfOneMachine) {
  // Put together here, so that this file does not hold what it looks for.
  static const std::regex kMachinePath(std::string("(^|[\\s\"'=(`])/(wo") + "rk|ho" + "me|Us" + "ers|ro" + "ot)/");
  for (const fs::path& path : written_files()) {
    const std::vector<std::string> lines = lines_of(path);
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_FALSE(lines[i].size() < 10000 && std::regex_search(lines[i], kMachinePath))
          << name_in_tree(path) << ':' << i + 1 << ": " << lines[i];
  }
}

}  // namespace
}  // namespace octet
