#include <fmt/format.h>

#include <algorithm>

#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

using Integers = std::vector<std::int64_t>;

Value list_constant(LayerImport& layer, const Integers& values, std::string_view suffix) {
  return layer.constant(Tensor::of<std::int64_t>({std::ssize(values)}, values), suffix);
}

bool is_negative(std::int64_t value) { return value < 0; }

// Since opset12 a negative pad cuts elements off: a StridedSlice before what is added.
Result<std::vector<Value>> import_cutting_pad(LayerImport& layer, const Pad& op, Integers begin, Integers end) {
  const std::size_t rank = layer.shape(0).size();
  if (begin.size() != rank || end.size() != rank) return malformed("pads for another number of axes than data has");
  Integers first(rank, 0), last(rank, 0), end_mask(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    if (begin[i] < -layer.shape(0)[i] || end[i] < -layer.shape(0)[i])
      return malformed(fmt::format("pads {} and {} of an axis of {}", begin[i], end[i], layer.shape(0)[i]));
    first[i] = std::max<std::int64_t>(-begin[i], 0);
    last[i] = std::min<std::int64_t>(end[i], 0);
    end_mask[i] = last[i] == 0;
    begin[i] = std::max<std::int64_t>(begin[i], 0);
    end[i] = std::max<std::int64_t>(end[i], 0);
  }
  OCTET_ASSIGN(const auto cut, layer.add(StridedSlice{Integers(rank, 0), end_mask, {}, {}, {}},
                                         {layer.input(0), list_constant(layer, first, "/first"), list_constant(layer, last, "/last")}));
  std::vector<Value> inputs{cut[0], list_constant(layer, begin, "/pads_begin"), list_constant(layer, end, "/pads_end")};
  if (layer.input_count() == 4) inputs.push_back(layer.input(3));
  return layer.add(op, std::move(inputs));
}

// mode="explicit": `axes_mapping` names an axis of the result for each of the data.
Result<std::vector<Value>> import_mapped_broadcast(LayerImport& layer) {
  OCTET_ASSIGN(const Integers target, layer.integers(1, "target_shape"));
  OCTET_ASSIGN(const Integers axes, layer.integers(2, "axes_mapping"));
  const Shape& data = layer.shape(0);
  if (axes.size() != data.size() || !std::is_sorted(axes.begin(), axes.end()))
    return malformed(fmt::format("axes_mapping {} of data {}", to_string(axes), to_string(data)));
  if (target.size() > 16) return malformed(fmt::format("a target shape of {} axes", target.size()));
  Integers placed(target.size(), 1);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < 0 || axes[i] >= std::ssize(target)) return malformed(fmt::format("axes_mapping {}", to_string(axes)));
    placed[static_cast<std::size_t>(axes[i])] = data[i];
  }
  OCTET_ASSIGN(const auto shaped, layer.add(Reshape{}, {layer.input(0), list_constant(layer, placed, "/placed")}));
  return layer.add(Broadcast{}, {shaped[0], layer.input(1)});
}

Result<std::vector<Value>> import_pad(LayerImport& layer) {
  using Mode = Pad::Mode;
  const std::string name = layer.attributes.choice("pad_mode", {"constant", "edge", "reflect", "symmetric"});
  const Pad op{name == "edge"        ? Mode::kEdge
               : name == "reflect"   ? Mode::kReflect
               : name == "symmetric" ? Mode::kSymmetric
                                     : Mode::kConstant};
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  OCTET_ASSIGN(Integers begin, layer.integers(1, "pads_begin"));
  OCTET_ASSIGN(Integers end, layer.integers(2, "pads_end"));
  if (std::any_of(begin.begin(), begin.end(), is_negative) || std::any_of(end.begin(), end.end(), is_negative))
    return import_cutting_pad(layer, op, std::move(begin), std::move(end));
  return layer.add(op);
}

// opset1 says no type: that of its inputs.
Result<std::vector<Value>> import_range(LayerImport& layer) {
  const std::string name = layer.attributes.text("output_type", std::string(name_of(layer.element_type(0))));
  const auto type = element_type_from_name(name);
  if (layer.attributes.status().ok() && !type) return unsupported("element type '" + name + "' is not supported");
  return layer.add(Range{type.value_or(ElementType::kI64)});
}

Result<std::vector<Value>> import_broadcast(LayerImport& layer) {
  const std::string mode = layer.attributes.choice("mode", {"numpy", "bidirectional", "explicit"}, std::string("numpy"));
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (mode == "explicit") return import_mapped_broadcast(layer);
  return layer.add(Broadcast{mode == "bidirectional"}, {layer.input(0), layer.input(1)});
}

Result<std::vector<Value>> import_one_hot(LayerImport& layer) {
  layer.attributes.choice("negative_indices_mode", {"ignore_negative"}, std::string("ignore_negative"));
  return layer.add(OneHot{layer.attributes.integer("axis", -1)});
}

constexpr LayerRule kRules[] = {
    {"Pad", import_pad},
    {"Range", import_range},
    {"Broadcast", import_broadcast, 2, 3},
    {"OneHot", import_one_hot},
};

}  // namespace

std::span<const LayerRule> fill_rules() { return kRules; }

}  // namespace octet::openvino_ir
