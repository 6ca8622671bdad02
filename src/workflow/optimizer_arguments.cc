#include "workflow/optimizer_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/parse_number.h"
#include "zoo/select_models.h"

namespace octet {
namespace {

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// The name behind a dollar at `at`, of which `at` is put behind; empty where there is none.
std::string_view read_variable(std::string_view text, std::size_t& at) {
  const bool braced = at < text.size() && text[at] == '{';
  const std::size_t begin = braced ? at + 1 : at;
  std::size_t end = begin;
  while (end < text.size() && is_name_character(text[end])) ++end;
  if (braced && (end == text.size() || text[end] != '}')) return {};
  at = braced ? end + 1 : end;
  return text.substr(begin, end - begin);
}

Error bad_value(std::string_view option, std::string_view value, std::string_view expected) {
  return {ErrorCode::kMalformed, fmt::format("{}={}: expected {}", option, value, expected)};
}

// One "name[1,2,3]" or "[1,2,3]", parentheses as well as brackets: the list of numbers, once the name is known to be an input's.
template <typename Number>
Result<std::vector<Number>> parse_numbers(std::string_view option, std::string_view value, const std::vector<ZooInput>& inputs) {
  constexpr std::string_view kExpected = "numbers in brackets, behind the name of an input or without one";
  const std::size_t open = value.find_first_of("[(");
  if (open == std::string_view::npos || (value.back() != ']' && value.back() != ')')) return bad_value(option, value, kExpected);
  const std::string_view name = value.substr(0, open);
  if (!name.empty() && std::ranges::find(inputs, name, &ZooInput::name) == inputs.end())
    return bad_value(option, value, fmt::format("the name of an input, which '{}' is not", name));
  std::vector<Number> numbers;
  std::string list(value.substr(open + 1, value.size() - open - 2));
  std::erase(list, ' ');
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const auto number = parse_number<Number>(std::string_view(list).substr(begin, end - begin));
    if (!number) return bad_value(option, value, kExpected);
    numbers.push_back(*number);
    begin = end + 1;
  }
  return numbers;
}

using Value = std::string_view;
using Inputs = std::vector<ZooInput>;

Status take_scale(OptimizerArguments& arguments, Value value, const Inputs&) {
  const auto number = parse_number<double>(value);
  if (!number) return bad_value("--scale", value, "a number");
  arguments.scale_values = {*number};
  return {};
}

Status take_shape(OptimizerArguments& arguments, Value value, const Inputs& inputs) {
  OCTET_ASSIGN(arguments.input_shape, parse_numbers<std::int64_t>("--input_shape", value, inputs));
  return {};
}

Status take_mean(OptimizerArguments& arguments, Value value, const Inputs& inputs) {
  OCTET_ASSIGN(arguments.mean_values, parse_numbers<double>("--mean_values", value, inputs));
  return {};
}

Status take_scales(OptimizerArguments& arguments, Value value, const Inputs& inputs) {
  OCTET_ASSIGN(arguments.scale_values, parse_numbers<double>("--scale_values", value, inputs));
  return {};
}

Status take_input(OptimizerArguments&, Value value, const Inputs& inputs) {
  for (const std::string& name : split_at_commas(value))
    if (std::ranges::find(inputs, name, &ZooInput::name) == inputs.end())
      return Error{ErrorCode::kUnsupported, fmt::format("--input={}: octet begins no network at another place than its inputs", value)};
  return {};
}

// The heads of the Object Detection API's SSDs and of YOLO are recognised by their graphs: the file itself is not read.
Status take_transformations(OptimizerArguments& arguments, Value value, const Inputs&) {
  const std::string name = std::filesystem::path(value).filename().string();
  if (!name.starts_with("ssd_") && name.find("yolo") == std::string::npos)
    return Error{ErrorCode::kUnsupported, fmt::format("--transformations_config={}: octet knows those for SSD and YOLO alone", name)};
  arguments.transformations_config = name;
  return {};
}

struct Known {
  std::string_view name;
  bool has_value;
  Status (*take)(OptimizerArguments&, Value, const Inputs&);
};

Status ignore(OptimizerArguments&, Value, const Inputs&) { return {}; }

const Known kKnown[] = {
    {"--input", true, take_input},
    {"--input_model", true, [](OptimizerArguments& to, Value value, const Inputs&) -> Status { return to.input_model = value, Status(); }},
    {"--saved_model_dir", true,
     [](OptimizerArguments& to, Value value, const Inputs&) -> Status { return to.saved_model_dir = value, Status(); }},
    {"--reverse_input_channels", false,
     [](OptimizerArguments& to, Value, const Inputs&) -> Status { return to.reverse_input_channels = true, Status(); }},
    {"--mean_values", true, take_mean},
    {"--scale_values", true, take_scales},
    {"--scale", true, take_scale},
    {"--input_shape", true, take_shape},
    {"--output", true,
     [](OptimizerArguments& to, Value value, const Inputs&) -> Status { return to.outputs = split_at_commas(value), Status(); }},
    {"--transformations_config", true, take_transformations},
    {"--tensorflow_object_detection_api_pipeline_config", true,
     [](OptimizerArguments& to, Value, const Inputs&) -> Status { return to.object_detection_api = true, Status(); }},
    // How it goes about its work.
    {"--log_level", true, ignore},
    {"--progress", false, ignore},
    {"--silent", false, ignore},
    {"--static_shape", false, ignore},
    {"--stream_output", false, ignore},
};

}  // namespace

Result<std::string> expand_variables(std::string_view text, const TemplateVariables& variables) {
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '$') {
      expanded += c;
    } else if (at < text.size() && text[at] == '$') {
      expanded += text[at++];
    } else {
      const std::string_view name = read_variable(text, at);
      const auto variable = variables.find(name);
      if (variable == variables.end()) return Error{ErrorCode::kMalformed, fmt::format("{}: there is no variable '${}'", text, name)};
      expanded += variable->second;
    }
  }
  return expanded;
}

Result<OptimizerArguments> parse_optimizer_arguments(const std::vector<std::string>& words, const std::vector<ZooInput>& inputs) {
  OptimizerArguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    const auto known = std::ranges::find(kKnown, name, &Known::name);
    if (known == std::end(kKnown)) return Error{ErrorCode::kUnsupported, "octet has no way to follow " + words[i]};
    std::string value = equals == std::string::npos ? "" : words[i].substr(equals + 1);
    if (known->has_value && equals == std::string::npos) {
      if (++i == words.size()) return Error{ErrorCode::kMalformed, name + ": expected a value"};
      value = words[i];
    }
    if (known->has_value && value.empty()) return Error{ErrorCode::kMalformed, name + ": expected a value"};
    OCTET_RETURN_IF_ERROR(known->take(arguments, value, inputs));
  }
  return arguments;
}

}  // namespace octet
