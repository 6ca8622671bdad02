#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/read_model.h"

// Reading the maps of a model.yml: each fault with its key and line, in the words of the Open Model Zoo's tools.
namespace octet::zoo {

bool contains(std::span<const std::string_view> words, std::string_view word);

Error malformed(const std::string& what);
// "\"shape\": expected a list of integers, got 'x' (line 7)"
Error expected(const YAML::Node& node, const std::string& key, const std::string& what);
// " (line 7)"
std::string line_of(const YAML::Node& node);

// What went wrong inside of a place.
template <typename T>
Result<T> within(const std::string& place, Result<T> result) {
  return result.ok() ? std::move(result) : Result<T>(in_context(place, result.error()));
}

// What is read of one map: its keys with their values.
class MapReader {
 public:
  MapReader(const YAML::Node& map, ModelForm form, Warn warn) : map_(map), form_(form), warn_(std::move(warn)) {}

  // kMalformed for what is no map.
  Status check(const std::string& what) const;

  // The value, or one that is not defined.
  YAML::Node find(const char* key) const { return map_[key]; }
  bool has(const char* key) const { return find(key).IsDefined(); }
  Result<YAML::Node> require(const char* key) const;

  Result<std::string> text(const char* key) const;
  // The same of a key that octet's form may leave out.
  Result<std::string> stated_text(const char* key) const { return lacks_freely(key) ? Result<std::string>("") : text(key); }
  Result<std::string> one_of(const char* key, std::span<const std::string_view> words) const;
  Result<std::int64_t> count(const char* key, std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  Result<std::string> relative_path(const char* key) const;
  // Texts of a list; a missing one has none.
  Result<std::vector<std::string>> texts(const char* key) const;

  // Calls `read` with each item of a list and its number.
  template <typename Read>
  Status each(const char* key, Read read) const {
    const YAML::Node list = find(key);
    if (!list.IsDefined()) return {};
    if (!list.IsSequence()) return expected(list, quoted(key), "a list");
    std::size_t number = 0;
    for (const YAML::Node& item : list) OCTET_RETURN_IF_ERROR(read(item, number++));
    return {};
  }

  bool lacks_freely(const char* key) const { return form_ == ModelForm::kOctet && !has(key); }
  void warn_of_other_keys(std::span<const std::string_view> known, const std::string& where) const;

  MapReader of(const YAML::Node& map) const { return {map, form_, warn_}; }
  const YAML::Node& map() const { return map_; }
  ModelForm form() const { return form_; }

 private:
  static std::string quoted(const char* key);

  YAML::Node map_;
  ModelForm form_;
  Warn warn_;
};

}  // namespace octet::zoo
