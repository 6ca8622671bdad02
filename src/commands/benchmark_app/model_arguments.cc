#include "commands/benchmark_app/model_arguments.h"

#include <algorithm>
#include <cmath>

#include "base/parse_number.h"

namespace octet::commands::benchmark_app {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    std::string part = text.substr(begin, end - begin);
    part.erase(0, std::min(part.find_first_not_of(' '), part.size()));
    part.erase(part.find_last_not_of(' ') + 1);
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> names_of(const std::vector<ModelInput>& inputs) {
  std::vector<std::string> names;
  for (const ModelInput& input : inputs) names.push_back(input.name);
  return names;
}

ModelInput& input_named(std::vector<ModelInput>& inputs, const std::string& name) {
  return *std::ranges::find(inputs, name, &ModelInput::name);
}

Result<Shape> parse_shape(const std::string& text) {
  Shape shape;
  for (const std::string& part : split(text, ',')) {
    const auto size = parse_number<std::int64_t>(part);
    const bool dynamic = part == "?" || size == -1 || part.find("..") != std::string::npos;
    if (dynamic)
      return Error{ErrorCode::kUnsupported,
                   "-shape [" + text + "]: octet runs models of fixed shapes only, give a number for '" + part + "'"};
    if (!size || *size < 1) return invalid("-shape [" + text + "]: '" + part + "' is no size");
    shape.push_back(*size);
  }
  if (const Status valid = validate_shape(shape); !valid.ok()) return valid.error().at("-shape [" + text + "]");
  return shape;
}

Result<std::vector<double>> parse_numbers(const std::string& text, const std::string& option) {
  std::vector<double> numbers;
  for (const std::string& part : split(text, ',')) {
    const auto number = parse_number<double>(part);
    if (!number || !std::isfinite(*number)) return invalid(option + " [" + text + "]: '" + part + "' is no number");
    numbers.push_back(*number);
  }
  return numbers;
}

// Means or scales: those without a name are for all images.
Status set_numbers(std::vector<ModelInput>& inputs, const std::string& text, const std::string& option,
                   std::vector<double> ModelInput::*member) {
  std::vector<std::string> images;
  for (const ModelInput& input : inputs)
    if (input.is_image()) images.push_back(input.name);
  if (!text.empty() && text.starts_with('[') && images.empty())
    return invalid(option + ": no input is an image, name the one that is meant");
  OCTET_ASSIGN(const auto values, values_by_input(text, text.starts_with('[') ? images : names_of(inputs)));
  for (const auto& [name, value] : values) {
    OCTET_ASSIGN(input_named(inputs, name).*member, parse_numbers(value, option));
  }
  return {};
}

Status set_batch(std::vector<ModelInput>& inputs, const std::string& text, const Warn& warn) {
  const auto size = parse_number<std::int64_t>(text);
  if (!size || *size < 1) return invalid("-b " + text + ": octet runs batches of a fixed size, give a number above 0");
  bool found = false;
  for (ModelInput& input : inputs) {
    Shape& shape = input.type.shape;
    if (!input.layout.is_known() && !shape.empty() && shape[0] <= 1) {
      warn("Batch dimension is not specified for input '" + input.name + "'. The first dimension will be interpreted as batch size.");
      input.layout = *Layout::parse("N...");
    }
    const auto batch = input.layout.find('N', shape.size());
    if (!batch) continue;
    found = true;
    shape[*batch] = *size;
    if (const Status valid = validate_shape(shape); !valid.ok()) return valid.error().at("-b " + text);
  }
  if (!found)
    return invalid(
        "-b option is provided in command line, but there's no inputs with batch(B) dimension in input layout, so batch cannot be set. You "
        "may "
        "specify layout explicitly using -layout option.");
  return {};
}

// OpenVINO's names, and "bool" of the command line.
Result<ElementType> element_type(const std::string& name) {
  const auto type = element_type_from_name(name == "bool" ? "boolean" : name);
  if (!type) return invalid("Undefined precision: '" + name + "' !");
  return *type;
}

// "input:f16, output:f16"; names may hold colons.
Result<std::map<std::string, ElementType>> parse_precisions(const std::string& text) {
  std::map<std::string, ElementType> types;
  if (text.empty()) return types;
  for (const std::string& part : split(text, ',')) {
    const std::size_t colon = part.rfind(':');
    if (colon == std::string::npos) return invalid("-iop " + text + ": '" + part + "' is not NAME:TYPE");
    OCTET_ASSIGN(types[split(part.substr(0, colon), ',')[0]], element_type(split(part.substr(colon + 1), ',')[0]));
  }
  return types;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> values_by_input(const std::string& text, const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> values;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('[', at), close = text.find(']', at);
    if (open == std::string::npos || close == std::string::npos || close < open) return invalid("Can't parse input parameter: " + text);
    const std::string name = text.substr(at, open - at), value = text.substr(open + 1, close - open - 1);
    if (!name.empty() && std::ranges::find(names, name) == names.end())
      return invalid("Can't parse input parameter: " + text + ": the model has no input '" + name + "'");
    if (name.empty()) {
      values.clear();
      for (const std::string& each : names) values.emplace_back(each, value);
      return values;
    }
    values.emplace_back(name, value);
    at = close + 1;
    if (at < text.size() && text[at] == ',') ++at;
  }
  return values;
}

Result<std::vector<ModelInput>> described_inputs(std::vector<ModelInput> inputs, const Options& options, const Warn& warn) {
  OCTET_ASSIGN(const auto shapes, values_by_input(options.shape, names_of(inputs)));
  for (const auto& [name, text] : shapes) {
    OCTET_ASSIGN(const Shape shape, parse_shape(text));
    ModelInput& input = input_named(inputs, name);
    input.type.shape = shape;
    input.layout = guessed_layout(shape);
  }
  OCTET_ASSIGN(const auto layouts, values_by_input(options.layout, names_of(inputs)));
  for (const auto& [name, text] : layouts) {
    ModelInput& input = input_named(inputs, name);
    OCTET_ASSIGN(input.layout, Layout::parse(text));
    if (!input.layout.fits(input.type.shape.size()))
      return invalid("-layout [" + text + "]: input '" + name + "' " + to_string(input.type.shape) + " has another number of dimensions");
  }
  if (!options.batch.empty()) OCTET_RETURN_IF_ERROR(set_batch(inputs, options.batch, warn));
  if (!options.data_shape.empty())
    for (const ModelInput& input : inputs)
      warn("Input '" + input.name + "' has static shape. Provided data shapes for this input will be ignored.");
  OCTET_RETURN_IF_ERROR(set_numbers(inputs, options.mean_values, "--mean_values", &ModelInput::mean));
  OCTET_RETURN_IF_ERROR(set_numbers(inputs, options.scale_values, "--scale_values", &ModelInput::scale));
  return inputs;
}

Result<std::map<std::string, ElementType>> apply_precisions(std::vector<ModelInput>& inputs, const std::vector<std::string>& outputs,
                                                            const Options& options) {
  OCTET_ASSIGN(auto by_name, parse_precisions(options.input_output_precision));
  for (ModelInput& input : inputs) {
    const auto named = by_name.find(input.name);
    if (named != by_name.end()) {
      input.given = named->second;
      by_name.erase(named);
    } else if (!options.input_precision.empty()) {
      OCTET_ASSIGN(input.given, element_type(options.input_precision));
    } else if (input.is_image()) {
      input.given = ElementType::kU8;
    }
  }
  std::map<std::string, ElementType> types;
  for (const std::string& output : outputs) {
    if (const auto named = by_name.find(output); named != by_name.end()) {
      types[output] = named->second;
      by_name.erase(named);
    } else if (!options.output_precision.empty()) {
      OCTET_ASSIGN(types[output], element_type(options.output_precision));
    }
  }
  if (!by_name.empty()) return invalid("Node '" + by_name.begin()->first + "' does not exist in model");
  return types;
}

}  // namespace octet::commands::benchmark_app
