#include "accuracy/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/parse_number.h"
#include "model/yaml.h"

namespace octet::accuracy {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = " \t[]()";
  const std::size_t begin = text.find_first_not_of(blank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (const std::string_view part = trimmed(text.substr(begin, end - begin)); !part.empty()) parts.emplace_back(part);
    begin = end + 1;
  }
  return parts;
}

template <typename T>
std::optional<T> parse(const YAML::Node& node) {
  if (!node.IsScalar()) return std::nullopt;
  if constexpr (std::is_same_v<T, std::string>) {
    return node.Scalar();
  } else if constexpr (std::is_same_v<T, bool>) {
    bool value = false;
    return YAML::convert<bool>::decode(node, value) ? std::optional(value) : std::nullopt;
  } else {
    return parse_number<T>(node.Scalar());
  }
}

}  // namespace

Settings::Settings(const YAML::Node& map, std::string where) : map_(map), where_(std::move(where)) {
  if (map_ && !map_.IsNull() && !map_.IsMap()) error_ = yaml_error(map_, where_ + ": must be a map of settings");
}

bool Settings::has(std::string_view key) const { return map_.IsMap() && map_[std::string(key)] && !map_[std::string(key)].IsNull(); }

YAML::Node Settings::value(std::string_view key) {
  read_.emplace(key);
  return has(key) ? map_[std::string(key)] : YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node Settings::node(std::string_view key) { return value(key); }

template <typename T>
std::optional<T> Settings::parsed(std::string_view key, std::string_view expected) {
  const YAML::Node found = value(key);
  if (!found) return std::nullopt;
  std::optional<T> result = parse<T>(found);
  if (!result) fail(key, fmt::format("must be {}", expected));
  return result;
}

std::string Settings::text(std::string_view key) {
  if (!has(key)) fail(key, "is missing");
  return text(key, "");
}

std::string Settings::text(std::string_view key, std::string_view fallback) {
  return parsed<std::string>(key, "text").value_or(std::string(fallback));
}

double Settings::number(std::string_view key, double fallback) {
  const double found = parsed<double>(key, "a number").value_or(fallback);
  if (found != found) fail(key, "must be a number");
  return found;
}

std::int64_t Settings::integer(std::string_view key) {
  if (!has(key)) fail(key, "is missing");
  return integer(key, 0);
}

std::int64_t Settings::integer(std::string_view key, std::int64_t fallback) { return optional_integer(key).value_or(fallback); }

std::optional<std::int64_t> Settings::optional_integer(std::string_view key) {
  const auto found = parsed<std::int64_t>(key, "a whole number");
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  if (found && (*found < -kMost || *found > kMost)) fail(key, "is out of range");
  return found;
}

bool Settings::flag(std::string_view key, bool fallback) { return parsed<bool>(key, "True or False").value_or(fallback); }

std::string Settings::choice(std::string_view key, std::span<const std::string_view> choices) {
  std::string found = text(key, choices.front());
  if (std::find(choices.begin(), choices.end(), found) == choices.end())
    fail(key, fmt::format("is '{}', which octet lacks ({})", found, fmt::join(choices, ", ")), ErrorCode::kUnsupported);
  return found;
}

std::vector<std::string> Settings::texts(std::string_view key) {
  const YAML::Node found = value(key);
  std::vector<std::string> result;
  if (!found) return result;
  if (found.IsScalar()) return split_at_commas(found.Scalar());
  for (const YAML::Node& item : found) {
    if (!found.IsSequence() || !item.IsScalar()) return fail(key, "must be a list"), result;
    result.push_back(item.Scalar());
  }
  return result;
}

std::vector<double> Settings::numbers(std::string_view key) {
  std::vector<double> result;
  for (const std::string& item : texts(key)) {
    const auto number = parse_number<double>(item);
    if (!number || *number != *number) return fail(key, fmt::format("must be numbers, not '{}'", item)), result;
    result.push_back(*number);
  }
  return result;
}

void Settings::ignore(std::initializer_list<std::string_view> keys) { read_.insert(keys.begin(), keys.end()); }

void Settings::fail(std::string_view key, std::string_view what, ErrorCode code) {
  if (error_) return;
  error_ = yaml_error(has(key) ? map_[std::string(key)] : map_, fmt::format("{}: '{}' {}", where_, key, what));
  error_->code = code;
}

std::vector<std::string> Settings::unread_keys() const {
  std::vector<std::string> keys;
  if (!map_.IsMap()) return keys;
  for (const auto& pair : map_)
    if (const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "?"; !read_.contains(key)) keys.push_back(key);
  return keys;
}

Status Settings::finish() const {
  if (error_) return *error_;
  const std::vector<std::string> unread = unread_keys();
  if (unread.empty()) return {};
  Error error = yaml_error(map_, fmt::format("{}: octet does not know the key '{}'", where_, unread.front()));
  error.code = ErrorCode::kUnsupported;
  return error;
}

std::optional<std::pair<std::int64_t, std::int64_t>> read_size(Settings& settings) {
  const auto size = settings.optional_integer("size");
  const auto width = settings.optional_integer("dst_width"), height = settings.optional_integer("dst_height");
  constexpr std::int64_t kMostPixels = 1 << 14;  // a side
  for (const auto& [key, side] : {std::pair("size", size), std::pair("dst_width", width), std::pair("dst_height", height)})
    if (side && (*side < 1 || *side > kMostPixels)) settings.fail(key, fmt::format("must be 1 to {}", kMostPixels));
  if (size) return std::pair(*size, *size);
  if (width && height) return std::pair(*width, *height);
  return std::nullopt;
}

Result<std::string> block_type(std::string_view what, const YAML::Node& block, std::string_view key) {
  if (block && block.IsScalar()) return block.Scalar();
  if (block && block.IsMap()) {
    const YAML::Node type = block[std::string(key)];
    if (type && type.IsScalar()) return type.Scalar();
  }
  return yaml_error(block, fmt::format("{}: must be a map with a '{}'", what, key));
}

Error unknown_block(std::string_view what, std::string_view type, const YAML::Node& block, std::span<const std::string_view> names) {
  Error error = yaml_error(block, fmt::format("{} '{}' is none that octet has ({})", what, type, fmt::join(names, ", ")));
  error.code = ErrorCode::kUnsupported;
  return error;
}

}  // namespace octet::accuracy
