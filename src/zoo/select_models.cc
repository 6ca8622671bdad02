#include "zoo/select_models.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"

namespace octet {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{1} << 20;

// Whether `c` is one of a set such as "a-z_": what stands between brackets.
bool is_in_set(char c, std::string_view set) {
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    const char last = set[range ? i + 2 : i];
    found |= static_cast<unsigned char>(set[i]) <= static_cast<unsigned char>(c) &&
             static_cast<unsigned char>(c) <= static_cast<unsigned char>(last);
    if (range) i += 2;
  }
  return found;
}

// Where the set that begins with the bracket at `begin` is closed; npos: nowhere. A bracket that closes may be its first character.
std::size_t end_of_set(std::string_view pattern, std::size_t begin) {
  std::size_t first = begin + 1;
  if (first < pattern.size() && pattern[first] == '!') ++first;
  return pattern.find(']', first + 1);
}

// How much of the pattern, from `at`, stands for the one character `c`; 0 if that does not.
std::size_t match_one(char c, std::string_view pattern, std::size_t at) {
  if (pattern[at] == '?') return 1;
  const std::size_t end = pattern[at] == '[' ? end_of_set(pattern, at) : std::string_view::npos;
  if (end == std::string_view::npos) return pattern[at] == c ? 1 : 0;
  const std::string_view set = pattern.substr(at + 1, end - at - 1);
  const bool negated = set.starts_with('!');
  return is_in_set(c, set.substr(negated ? 1 : 0)) != negated ? end + 1 - at : 0;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Reads one word from a position that is no blank.
class WordReader {
 public:
  WordReader(std::string_view line, std::size_t& at) : line_(line), at_(at) {}

  Result<std::string> read() {
    std::string word;
    while (at_ < line_.size() && !is_blank(line_[at_]) && line_[at_] != '#') {
      const char c = line_[at_++];
      if (c == '\'' || c == '"') {
        OCTET_RETURN_IF_ERROR(read_quoted(c, word));
      } else if (c == '\\') {
        if (at_ == line_.size()) return Error{ErrorCode::kMalformed, "No escaped character"};
        word += line_[at_++];
      } else {
        word += c;
      }
    }
    return word;
  }

 private:
  // In double quotes a backslash is itself but before a backslash or a double quote.
  Status read_quoted(char quote, std::string& word) {
    while (at_ < line_.size() && line_[at_] != quote) {
      if (quote == '"' && line_[at_] == '\\' && at_ + 1 < line_.size() && (line_[at_ + 1] == '"' || line_[at_ + 1] == '\\')) ++at_;
      word += line_[at_++];
    }
    if (at_ == line_.size()) return Error{ErrorCode::kMalformed, "No closing quotation"};
    ++at_;
    return {};
  }

  std::string_view line_;
  std::size_t& at_;
};

std::vector<const ZooModel*> matching(const std::vector<ZooModel>& models, const std::string& pattern) {
  std::vector<const ZooModel*> found;
  for (const ZooModel& model : models) {
    if (matches_pattern(model.name, pattern)) {
      found.push_back(&model);
    } else {
      for (const ZooModel& stage : model.stages)
        if (matches_pattern(stage.name, pattern)) found.push_back(&stage);
    }
  }
  return found;
}

}  // namespace

bool matches_pattern(std::string_view name, std::string_view pattern) {
  std::size_t i = 0, at = 0;
  std::size_t star = std::string_view::npos, star_i = 0;  // the last * and where in the name what it stands for ends
  while (i < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_i = i;
    } else if (const std::size_t step = at < pattern.size() ? match_one(name[i], pattern, at) : 0; step > 0) {
      at += step;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++star_i;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

Result<std::vector<std::string>> shell_words(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == '#') break;
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    OCTET_ASSIGN(std::string word, WordReader(line, at).read());
    words.push_back(std::move(word));
  }
  return words;
}

Result<std::vector<std::string>> read_pattern_list(const std::filesystem::path& path) {
  OCTET_ASSIGN(const std::string text, read_text(path, kMaxListBytes));
  std::vector<std::string> patterns;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    ++number;
    OCTET_ASSIGN_AT(const std::vector<std::string> words, shell_words(std::string_view(text).substr(begin, end - begin)),
                    fmt::format("{}: line {}", path.string(), number));
    if (!words.empty()) patterns.push_back(words[0]);
    begin = end + 1;
  }
  return patterns;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Result<std::vector<ZooModel>> select_models(const std::vector<ZooModel>& models, const std::vector<std::string>& patterns) {
  std::vector<ZooModel> selected;
  for (const std::string& pattern : patterns) {
    const auto found = matching(models, pattern);
    if (found.empty()) return Error{ErrorCode::kNotFound, fmt::format("No matching models: \"{}\"", pattern)};
    for (const ZooModel* model : found)
      if (std::ranges::find(selected, model->name, &ZooModel::name) == selected.end()) selected.push_back(*model);
  }
  return selected;
}

}  // namespace octet
