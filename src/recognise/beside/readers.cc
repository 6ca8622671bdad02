#include "recognise/beside/readers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/parse_number.h"

namespace octet::beside {
namespace {

constexpr int kLargestSide = 1 << 14;

std::optional<int> side(const YAML::Node& scalar) {
  const auto number = parse_number<int>(text(scalar));
  return number && *number >= 1 && *number <= kLargestSide ? number : std::nullopt;
}

Result<std::vector<double>> channels(const YAML::Node& node, std::string_view what) {
  std::vector<double> numbers;
  const auto add = [&](const YAML::Node& scalar) {
    const auto number = number_of(scalar);
    if (number) numbers.push_back(*number);
    return number.has_value();
  };
  const bool are_numbers = node.IsSequence() ? std::all_of(node.begin(), node.end(), add) : add(node);
  if (!are_numbers || (numbers.size() != 1 && numbers.size() != 3))
    return yaml_error(node, fmt::format("{} is not one number or three", what));
  return numbers;
}

}  // namespace

YAML::Node load_if_there(const std::filesystem::path& file, Place& place) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return {};
  const auto root = load_yaml_file(file);
  if (root.ok()) return *root;
  place.unused.push_back(fmt::format("a file beside it is not used: {}", root.error().message));
  return {};
}

YAML::Node at(const YAML::Node& map, const char* key) {
  if (!map.IsMap()) return {};
  const YAML::Node value = map[key];
  return value.IsDefined() ? value : YAML::Node();
}

std::string text(const YAML::Node& scalar) { return scalar.IsScalar() ? scalar.Scalar() : ""; }

std::optional<double> number_of(const YAML::Node& scalar) {
  const auto number = parse_number<double>(text(scalar));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

bool flag(const YAML::Node& scalar, bool otherwise) {
  const std::string word = text(scalar);
  if (word == "true" || word == "True" || word == "1") return true;
  return word == "false" || word == "False" || word == "0" ? false : otherwise;
}

std::optional<std::pair<int, int>> two_sides(const YAML::Node& node) {
  const bool is_pair = node.IsSequence() && node.size() == 2;
  const auto first = side(is_pair ? node[0] : node), second = side(is_pair ? node[1] : node);
  return first && second ? std::optional(std::pair(*first, *second)) : std::nullopt;
}

Result<Normalization> normalization(const YAML::Node& mean, const YAML::Node& deviation, double factor) {
  Normalization found{.factor = factor};
  OCTET_ASSIGN(found.mean, channels(mean, "the mean of pixels"));
  OCTET_ASSIGN(found.deviation, channels(deviation, "the deviation of pixels"));
  const auto is_of_use = [&](double number) { return std::isfinite(number / factor); };
  if (!std::ranges::all_of(found.mean, is_of_use) || !std::ranges::all_of(found.deviation, is_of_use))
    return yaml_error(mean, "the mean or the deviation of pixels is none that a pixel could have");
  if (std::ranges::any_of(found.deviation, [&](double number) { return number / factor == 0; }))
    return yaml_error(deviation, "the deviation of pixels is 0");
  return found;
}

void set_normalization(const Normalization& normalization, bool reverse_channels, ModelInfo& keys) {
  const auto joined = [&](const std::vector<double>& numbers) {
    std::string text;
    // 0.485 / (1 / 255.) is 123.675 but for the last bits of a double.
    for (const double number : numbers) text += fmt::format("{}{:.9g}", text.empty() ? "" : " ", number / normalization.factor);
    return text;
  };
  keys["reverse_input_channels"] = reverse_channels ? "YES" : "NO";
  keys["mean_values"] = joined(normalization.mean);
  keys["scale_values"] = joined(normalization.deviation);
}

Border border(const YAML::Node& fill, bool is_first) {
  const bool is_list = fill.IsSequence() && fill.size() > 0;
  return {number_of(is_list ? fill[0] : fill).value_or(0), is_first};
}

void set_letterbox(const Border& border, const Normalization& normalization, ModelInfo& keys) {
  const Normalization numbers = border.is_first ? Normalization{{0}, {1}, 1} : normalization;
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    sum += border.fill * numbers.deviation[i % numbers.deviation.size()] + numbers.mean[i % numbers.mean.size()];
  keys["octet_resize"] = "letterbox_corner";
  keys["octet_pad_value"] = fmt::format("{}", std::lround(std::clamp(sum / 3 / numbers.factor, 0.0, 255.0)));
}

void set_threshold(const YAML::Node& score, ModelInfo& keys) {
  if (const auto number = number_of(score); number && *number >= 0 && *number <= 1) keys["confidence_threshold"] = text(score);
}

void set_size(int height, int width, ModelInfo& keys) { keys["imgsz"] = fmt::format("[{}, {}]", height, width); }

}  // namespace octet::beside
