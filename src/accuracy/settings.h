#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace octet::accuracy {

// A map of an Open Model Zoo configuration, read key by key. Readers ask for what they know and carry on with the fallback; the first thing
// that was wrong, or else the first key that nobody asked for, is what finish() answers. So a setting that octet lacks is an error that
// names it, and never a figure without it.
class Settings {
 public:
  // `where` names the map in messages: "adapter yolo_v3". `map` may be absent, which is an empty map.
  Settings(const YAML::Node& map, std::string where);

  bool has(std::string_view key) const;
  // The value as YAML, for what has a form of its own; the key counts as read. An undefined node where it is absent.
  YAML::Node node(std::string_view key);

  // Each takes the key as read. Without a fallback the key must be there. Texts are taken as they stand, quoted or not.
  std::string text(std::string_view key);
  std::string text(std::string_view key, std::string_view fallback);
  double number(std::string_view key, double fallback);
  std::int64_t integer(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t fallback);
  std::optional<std::int64_t> optional_integer(std::string_view key);
  bool flag(std::string_view key, bool fallback);  // true, yes, on, false, no, off, in PyYAML's spellings

  // One of `choices`, of which the first is the fallback. kUnsupported for another.
  std::string choice(std::string_view key, std::span<const std::string_view> choices);

  // A list of numbers, written as a YAML list, one number, or a text "1, 2, 3". Empty where the key is absent.
  std::vector<double> numbers(std::string_view key);
  std::vector<std::string> texts(std::string_view key);

  // Keys that change no figure of ours: taken as read.
  void ignore(std::initializer_list<std::string_view> keys);

  // Keys that nobody has read, in the order of the file.
  std::vector<std::string> unread_keys() const;

  // Keeps an error about a key unless there is one already.
  void fail(std::string_view key, std::string_view what, ErrorCode code = ErrorCode::kMalformed);

  // What was wrong first, or the first key that nobody read.
  Status finish() const;

  const std::string& where() const { return where_; }

 private:
  YAML::Node value(std::string_view key);
  template <typename T>
  std::optional<T> parsed(std::string_view key, std::string_view expected);

  YAML::Node map_;
  std::string where_;
  std::set<std::string, std::less<>> read_;
  std::optional<Error> error_;
};

// A width and a height: `size` for both, else `dst_width` and `dst_height`; nothing where none of them is there.
std::optional<std::pair<std::int64_t, std::int64_t>> read_size(Settings& settings);

// One kind of a configuration's building blocks: the name that configurations use, and what makes it out of its settings.
template <typename T, typename... Context>
struct Kind {
  std::string_view name;
  Result<T> (*make)(Settings& settings, Context... context);
};

// The name of a block: what stands under `key` of a map, or the block itself where it is a text.
Result<std::string> block_type(std::string_view what, const YAML::Node& block, std::string_view key);
Error unknown_block(std::string_view what, std::string_view type, const YAML::Node& block, std::span<const std::string_view> names);

// Makes the block that `block` describes: a map with its kind under `key`, or the name of a kind alone. kUnsupported, with the names that
// there are, for a kind that octet lacks; errors of the settings as Settings::finish() gives them.
template <typename T, typename... Context>
Result<T> make_block(std::string_view what, std::string_view key, const YAML::Node& block,
                     std::type_identity_t<std::span<const Kind<T, Context...>>> kinds, std::type_identity_t<Context>... context) {
  OCTET_ASSIGN(const std::string type, block_type(what, block, key));
  std::vector<std::string_view> names;
  for (const Kind<T, Context...>& kind : kinds) {
    names.push_back(kind.name);
    if (kind.name != type) continue;
    Settings settings(block.IsMap() ? block : YAML::Node(), std::string(what) + " " + type);
    settings.ignore({key});
    Result<T> made = kind.make(settings, context...);
    OCTET_RETURN_IF_ERROR(settings.finish());
    return made;
  }
  return unknown_block(what, type, block, names);
}

}  // namespace octet::accuracy
