#pragma once

#include <fmt/format.h>

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet {

// What an IR says of itself in rt_info/model_info: key to value. docs/model_info.md lists the keys.
using ModelInfo = std::map<std::string, std::string>;

// A word of a file and what it stands for.
template <typename T>
struct Word {
  std::string_view text;
  T value;
};

template <typename T, std::size_t N>
std::string word_of(const Word<T> (&words)[N], T value) {
  for (const Word<T>& word : words)
    if (word.value == value) return std::string(word.text);
  OCTET_CHECK(false, "a value without a word");
  return {};
}

// kMalformed: "model_info: KEY is 'VALUE', expected EXPECTED".
Error bad_value(std::string_view key, std::string_view value, std::string_view expected);

template <typename T, std::size_t N>
Result<T> value_of_word(const Word<T> (&words)[N], std::string_view key, std::string_view text) {
  std::string expected;
  for (const Word<T>& word : words) {
    if (word.text == text) return word.value;
    expected += (expected.empty() ? "" : " or ") + std::string(word.text);
  }
  return bad_value(key, text, expected);
}

// Typed access to ModelInfo, which must outlive it. A key that is absent leaves the target as it is; errors name the key.
class InfoReader {
 public:
  explicit InfoReader(const ModelInfo& info) : info_(info) {}

  // The value, or null.
  const std::string* find(std::string_view key) const;

  void read_text(std::string_view key, std::string& target) const;
  Status read_number(std::string_view key, double least, double most, float& target) const;
  Status read_integer(std::string_view key, int least, int most, int& target) const;
  // A JSON array of texts; `expected` says of what.
  Status read_names(std::string_view key, std::string_view expected, std::vector<std::string>& target) const;
  // Octet's own key, or else Model API's, where blanks inside a name are underscores.
  Status read_labels(std::vector<std::string>& target) const;

  template <typename T, std::size_t N>
  Status read_word(std::string_view key, const Word<T> (&words)[N], T& target) const {
    const std::string* value = find(key);
    if (!value) return {};
    OCTET_ASSIGN(target, value_of_word(words, key, *value));
    return {};
  }

 private:
  const ModelInfo& info_;
};

// JSON of a file. What lies deeper than anything that is read is dropped: JSON is copied and printed by recursion, and a file
// may nest it without end. `is_discarded()` if the text is none.
nlohmann::json parse_shallow_json(const std::string& text);

// JSON on one line. A text that is no UTF-8 is mended, not refused.
std::string one_line(const nlohmann::json& json);

// A number as people write it: 1.05 for 1.05f, without ".0" where it is whole.
nlohmann::json plain_number(float value);

// Both forms of the labels: octet_labels, and labels for Model API.
void write_labels(const std::vector<std::string>& labels, ModelInfo& info);

}  // namespace octet
