#include "importers/onnx/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "graph/check_numbers.h"
#include "importers/onnx/file_border.h"
#include "importers/onnx/picture_input.h"
#include "importers/onnx/tail.h"
#include "importers/onnx/translation.h"
#include "importers/onnx/upgrade.h"

namespace octet::onnx {
namespace {

constexpr std::string_view kScaleFactor = "scale_factor", kImageShape = "im_shape";
constexpr std::int64_t kMostMaskElements = std::int64_t{1} << 24;

// PaddleDetection's inputs beside the picture, [N,2]: by what it was resized, down and across, and height and width of what it became.
bool is_of_paddle(const InputRecord& input) {
  const bool is_named = input.name == kScaleFactor || input.name == kImageShape;
  return is_named && input.type == DataType::kFloat && input.shape.size() == 2 && input.shape[1] == 2;
}

// Transformers' mask [N,H,W] of the pixels that are picture, of whatever size.
bool is_pixel_mask(const InputRecord& input) {
  return input.name == "pixel_mask" && input.type == DataType::kInt64 && input.shape.size() == 3;
}

// All ones, as the picture fills its input.
Result<Tensor> whole_mask(const InputRecord& input, const Shape& picture) {
  Shape shape{1, input.shape[1] < 0 ? picture[2] : input.shape[1], input.shape[2] < 0 ? picture[3] : input.shape[2]};
  if (!validate_shape(shape).ok() || element_count(shape) > kMostMaskElements)
    return malformed(fmt::format("input 'pixel_mask' is a mask of shape {}", to_string(shape)));
  Tensor mask(ElementType::kI64, std::move(shape));
  std::ranges::fill(mask.mutable_values<std::int64_t>(), 1);
  return mask;
}

// What stands for an input beside the picture that the outputs still depend on.
Result<Tensor> value_of_further_input(const InputRecord& input, const Shape& picture) {
  if (is_pixel_mask(input)) return whole_mask(input, picture);
  if (!is_of_paddle(input))
    return unsupported(
        fmt::format("needs input {} {}{} beside the picture, which octet cannot give; cut the graph before it is read: --outputs NAME,...",
                    in_quotes(input.name), name_of(input.type), to_string(input.shape)));
  if (input.name == kScaleFactor) return Tensor::of<float>({1, 2}, {1, 1});
  return Tensor::of<float>({1, 2}, {static_cast<float>(picture[2]), static_cast<float>(picture[3])});
}

class Importing {
 public:
  Importing(ModelRecord model, const ModelInfo& declared) : source_(std::move(model.graph)) {
    facts_.metadata = std::move(model.metadata);
    facts_.declared = declared;
    upgrade(source_);
  }

  Result<ImportedGraph> run(const std::vector<std::string>& outputs) {
    OCTET_ASSIGN(picture_, find_picture_input(source_));
    OCTET_RETURN_IF_ERROR(choose_outputs(outputs));
    OCTET_ASSIGN(const auto nodes, needed_nodes(source_, outputs_));
    Translation translation(source_, builder_, reserved_names());
    OCTET_RETURN_IF_ERROR(set_inputs(nodes, translation));
    OCTET_RETURN_IF_ERROR(translation.run(nodes));
    OCTET_RETURN_IF_ERROR(set_outputs(translation));
    builder_.graph.tidy();
    OCTET_RETURN_IF_ERROR(check_numbers(builder_.graph));
    return ImportedGraph{std::move(builder_.graph), std::move(facts_), border_.finish()};
  }

 private:
  Status choose_outputs(const std::vector<std::string>& wanted) {
    outputs_ = wanted.empty() ? source_.outputs : wanted;
    const bool is_of_octet = facts_.metadata.contains("octet_head");  // its description names the outputs that it has
    if (!wanted.empty() || is_of_octet) return {};
    OCTET_ASSIGN(const auto tail, find_tail(source_, picture_->name));
    if (!tail) return {};
    outputs_ = tail->outputs;
    tail->tell(facts_);
    return {};
  }

  std::unordered_set<std::string> reserved_names() const {
    std::unordered_set<std::string> names(outputs_.begin(), outputs_.end());
    names.insert(picture_->name);
    return names;
  }

  Status set_inputs(const std::vector<const NodeRecord*>& nodes, Translation& translation) {
    OCTET_ASSIGN(const Shape shape, picture_shape(*picture_, facts_));
    facts_.takes_bytes = picture_->type == DataType::kUint8;
    facts_.is_of_paddle = std::ranges::any_of(source_.inputs, is_of_paddle);
    border_.take_picture(*picture_, shape);
    OCTET_ASSIGN(const Value picture, builder_.add_stored(Parameter{ElementType::kF32, shape}, {}, picture_->name));
    OCTET_RETURN_IF_ERROR(set_picture(picture, translation));
    std::vector<std::string_view> reads(outputs_.begin(), outputs_.end());
    for (const NodeRecord* node : nodes) collect_reads(*node, reads);
    const std::unordered_set<std::string_view> needed(reads.begin(), reads.end());
    for (const InputRecord& input : source_.inputs) {
      if (&input == picture_) continue;
      if (!needed.contains(input.name)) {
        border_.take_unneeded(input);
        continue;
      }
      OCTET_ASSIGN(Tensor value, value_of_further_input(input, shape));
      border_.take_constant(input.name, value);
      OCTET_ASSIGN(const Value constant, builder_.constant(std::move(value), input.name));
      translation.set(input.name, {constant});
    }
    return {};
  }

  // Without its batch where the file has none.
  Status set_picture(Value picture, Translation& translation) {
    Shape shape = builder_.graph.shape(picture);
    shape.erase(shape.begin(), shape.end() - std::ssize(picture_->shape));
    if (shape != builder_.graph.shape(picture)) {
      OCTET_ASSIGN(const Value sizes, builder_.constant(Tensor::of<std::int64_t>({std::ssize(shape)}, shape), picture_->name));
      OCTET_ASSIGN(picture, builder_.add_stored(Reshape{}, {picture, sizes}, picture_->name + "/picture"));
    }
    translation.set(picture_->name, {picture});
    return {};
  }

  Status set_outputs(Translation& translation) {
    if (outputs_.empty()) return malformed("has no outputs");
    for (const std::string& name : outputs_) {
      OCTET_ASSIGN_AT(const ImportedValue value, translation.value(name), "output");
      border_.give(source_, name, value, builder_.graph.type(value.value));
      OCTET_RETURN_IF_ERROR(builder_.add_stored(Output{}, {value.value}, name));
    }
    return {};
  }

  GraphRecord source_;
  SourceFacts facts_;
  GraphBuilder builder_;
  FileBorder border_;
  const InputRecord* picture_ = nullptr;
  std::vector<std::string> outputs_;
};

}  // namespace

Result<ImportedGraph> import_graph(ModelRecord model, const ModelInfo& declared, const std::vector<std::string>& outputs) {
  return Importing(std::move(model), declared).run(outputs);
}

}  // namespace octet::onnx
