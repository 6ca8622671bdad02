#include "accuracy/adapters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace octet::accuracy {
namespace {

constexpr std::array<Kind<Adapter, const Network&, Notes&>, 9> kAdapters{{
    {"ssd", make_ssd_adapter},
    {"yolo_v2", make_yolo_v2_adapter},
    {"yolo_v3", make_yolo_v3_adapter},
    {"yolo_v5", make_yolo_v5_adapter},
    {"yolof", make_yolof_adapter},
    {"yolor", make_yolor_adapter},
    {"yolox", make_yolox_adapter},
    {"nanodet", make_nanodet_adapter},
    {"detr", make_detr_adapter},
}};

constexpr std::array<std::string_view, 2> kSuffixes{"/sink_port_0", ":0"};

// The name without a suffix that tools add to it or leave out.
std::string_view stem(std::string_view name) {
  for (const std::string_view suffix : kSuffixes)
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return name;
}

std::string shown_name(const NetworkOutput& output) { return output.names.empty() ? std::string("without a name") : output.names.front(); }

Result<std::size_t> checked(const Network& network, std::size_t index) {
  const NetworkOutput& output = network.outputs[index];
  if (output.element != ElementType::kF32) return wrong_shape(output, "f32");
  return index;
}

}  // namespace

Result<Adapter> make_adapter(const YAML::Node& adapter, const Network& network, Notes& notes) {
  return make_block<Adapter, const Network&, Notes&>("adapter", "type", adapter, kAdapters, network, notes);
}

Result<std::size_t> find_output(const Network& network, const std::string& name) {
  const auto find = [&](auto fits) -> std::optional<std::size_t> {
    const auto found =
        std::ranges::find_if(network.outputs, [&](const NetworkOutput& output) { return std::ranges::any_of(output.names, fits); });
    return found != network.outputs.end() ? std::optional(static_cast<std::size_t>(found - network.outputs.begin())) : std::nullopt;
  };
  auto index = find([&](const std::string& known) { return known == name; });
  if (!index) index = find([&](const std::string& known) { return stem(known) == stem(name); });
  if (index) return checked(network, *index);
  std::vector<std::string> known;
  for (const NetworkOutput& output : network.outputs) known.push_back(shown_name(output));
  return Error{ErrorCode::kMalformed, fmt::format("the network has no output '{}' ({})", name, fmt::join(known, ", "))};
}

Result<std::size_t> first_output(const Network& network) {
  if (network.outputs.empty()) return Error{ErrorCode::kMalformed, "the network has no output"};
  return checked(network, 0);
}

Error wrong_shape(const NetworkOutput& output, std::string_view expected) {
  return {ErrorCode::kMalformed, fmt::format("output {} is {}{}, the adapter reads {}", shown_name(output), name_of(output.element),
                                             to_string(output.shape), expected)};
}

}  // namespace octet::accuracy
