#include "model/info_reader.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/parse_number.h"

namespace octet {
namespace {

using Json = nlohmann::json;

// Words with blanks between them, as Model API has them.
std::vector<std::string> labels_of_model_api(const std::string& joined) {
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin < joined.size();) {
    const std::size_t end = std::min(joined.find(' ', begin), joined.size());
    if (end > begin) labels.push_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
  for (std::string& label : labels) std::ranges::replace(label, '_', ' ');
  return labels;
}

}  // namespace

Error bad_value(std::string_view key, std::string_view value, std::string_view expected) {
  return {ErrorCode::kMalformed, fmt::format("model_info: {} is '{}', expected {}", key, value.substr(0, 80), expected)};
}

const std::string* InfoReader::find(std::string_view key) const {
  const auto found = info_.find(std::string(key));
  return found == info_.end() ? nullptr : &found->second;
}

void InfoReader::read_text(std::string_view key, std::string& target) const {
  if (const std::string* value = find(key)) target = *value;
}

Status InfoReader::read_number(std::string_view key, double least, double most, float& target) const {
  const std::string* value = find(key);
  if (!value) return {};
  const auto number = parse_number<float>(*value);
  if (!number || !(*number >= least && *number <= most)) return bad_value(key, *value, fmt::format("a number from {} to {}", least, most));
  target = *number;
  return {};
}

Status InfoReader::read_integer(std::string_view key, int least, int most, int& target) const {
  const std::string* value = find(key);
  if (!value) return {};
  const auto number = parse_number<int>(*value);
  if (!number || *number < least || *number > most) return bad_value(key, *value, fmt::format("a whole number from {} to {}", least, most));
  target = *number;
  return {};
}

Status InfoReader::read_names(std::string_view key, std::string_view expected, std::vector<std::string>& target) const {
  const std::string* value = find(key);
  if (!value) return {};
  const Json json = parse_shallow_json(*value);
  if (!json.is_array() || !std::ranges::all_of(json, [](const Json& name) { return name.is_string(); }))
    return bad_value(key, *value, expected);
  target = json.get<std::vector<std::string>>();
  return {};
}

Status InfoReader::read_labels(std::vector<std::string>& target) const {
  const std::string* of_model_api = find("labels");
  if (of_model_api && !find("octet_labels")) target = labels_of_model_api(*of_model_api);
  return read_names("octet_labels", "a JSON array of names", target);
}

Json parse_shallow_json(const std::string& text) {
  constexpr int kDeepest = 4;
  return Json::parse(
      text, [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; }, false);
}

std::string one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json plain_number(float value) {
  constexpr float kExactIntegers = 16777216;
  if (value == std::floor(value) && std::abs(value) < kExactIntegers) return static_cast<std::int64_t>(value);
  return parse_number<double>(fmt::format("{}", value)).value_or(value);
}

void write_labels(const std::vector<std::string>& labels, ModelInfo& info) {
  info["octet_labels"] = one_line(labels);
  std::string joined;
  for (std::string label : labels) {
    std::ranges::replace(label, ' ', '_');
    joined += (joined.empty() ? "" : " ") + (label.empty() ? "_" : label);
  }
  info["labels"] = joined;
}

}  // namespace octet
