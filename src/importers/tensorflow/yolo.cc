#include "importers/tensorflow/yolo.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <sstream>
#include <string_view>

#include "importers/tensorflow/heads.h"

namespace octet::tensorflow {
namespace {

constexpr std::int64_t kValuesOfBox = 5;  // x, y, width, height, objectness
constexpr std::size_t kMostAnchors = 64;

struct RawHead {
  std::string name;
  Shape shape;  // [1,C,H,W]
};

// "conv2d_93" of ".../conv2d_93/BiasAdd", as Keras and Darknet's converters number convolutions.
std::string short_name(std::string_view node) {
  for (const std::string_view operation : {"/BiasAdd", "/Conv2D"})
    if (node.ends_with(operation)) node.remove_suffix(operation.size());
  return std::string(node.substr(node.rfind('/') + 1));
}

Result<std::vector<double>> numbers_of(std::string_view key, const std::string& text) {
  std::vector<double> numbers;
  std::istringstream words(text);
  words.imbue(std::locale::classic());
  for (double number = 0; words >> number;) numbers.push_back(number);
  if (!words.eof() || numbers.empty()) return bad_value(key, text, "numbers with blanks between them");
  return numbers;
}

struct Anchors {
  std::vector<YoloOutput::Anchor> all;
  std::vector<std::size_t> masks;
};

Result<Anchors> anchors_of(const std::string& anchors_text, const std::string& masks_text) {
  Anchors anchors;
  OCTET_ASSIGN(const std::vector<double> sides, numbers_of("anchors", anchors_text));
  OCTET_ASSIGN(const std::vector<double> masks, numbers_of("masks", masks_text));
  if (sides.size() % 2 != 0 || !std::ranges::all_of(sides, [](double side) { return side > 0 && side < 1e6; }))
    return bad_value("anchors", anchors_text, "pairs of positive numbers");
  for (std::size_t i = 0; i < sides.size(); i += 2) anchors.all.push_back({static_cast<float>(sides[i]), static_cast<float>(sides[i + 1])});
  for (const double mask : masks) {
    if (!(mask >= 0 && mask < static_cast<double>(anchors.all.size())) || mask != static_cast<double>(static_cast<std::size_t>(mask)))
      return bad_value("masks", masks_text, "places in the list of anchors");
    anchors.masks.push_back(static_cast<std::size_t>(mask));
  }
  return anchors;
}

std::string list_of(const std::vector<RawHead>& heads) {
  std::string list;
  for (const RawHead& head : heads) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", head.name, to_string(head.shape));
  return list;
}

Result<YoloOutput> output_of(const RawHead& head, const Anchors& anchors, std::size_t first, std::size_t count) {
  YoloOutput output;
  output.output = head.name;
  for (std::size_t i = first; i < first + count; ++i) output.anchors.push_back(anchors.all[anchors.masks[i]]);
  const auto boxes = static_cast<std::int64_t>(count);
  const std::int64_t classes = head.shape[1] / boxes - kValuesOfBox;
  if (head.shape[1] % boxes != 0 || classes < 1)
    return Error{ErrorCode::kMalformed,
                 fmt::format("model_info: masks give {} anchors to the head {} of {} channels, which is not anchors x (5 + classes)", count,
                             head.name, head.shape[1])};
  output.classes = static_cast<int>(classes);
  return output;
}

// Places in the list, the largest grid first.
std::vector<std::size_t> by_size_of_grid(const std::vector<RawHead>& heads) {
  std::vector<std::size_t> finest_first(heads.size());
  std::iota(finest_first.begin(), finest_first.end(), std::size_t{0});
  std::ranges::stable_sort(finest_first, std::greater(), [&](std::size_t i) { return heads[i].shape[2] * heads[i].shape[3]; });
  return finest_first;
}

// The description of the heads by Model API's keys; `heads` in the order of the graph.
Result<YoloHead> describe(const std::vector<RawHead>& heads, const Anchors& anchors) {
  if (anchors.masks.size() % heads.size() != 0 || anchors.masks.size() > kMostAnchors * heads.size())
    return Error{ErrorCode::kMalformed,
                 fmt::format("model_info: masks has {} numbers for {} heads ({})", anchors.masks.size(), heads.size(), list_of(heads))};
  const std::vector<std::size_t> finest_first = by_size_of_grid(heads);
  const std::size_t count = anchors.masks.size() / heads.size();
  YoloHead head;
  head.outputs.resize(heads.size());
  for (std::size_t place = 0; place < heads.size(); ++place) {
    OCTET_ASSIGN(head.outputs[finest_first[place]], output_of(heads[finest_first[place]], anchors, place * count, count));
  }
  for (const YoloOutput& output : head.outputs)
    if (output.classes != head.outputs[0].classes)
      return Error{ErrorCode::kMalformed, "model_info: masks give the heads different numbers of classes: " + list_of(heads)};
  return head;
}

// Octet's own key, which must speak of these heads: by their names or, where it gives none, of all, the largest grid first.
Result<YoloHead> heads_as_told(const std::vector<RawHead>& heads, const ModelInfo& info) {
  YoloHead told;
  OCTET_RETURN_IF_ERROR(told.read(InfoReader(info)));
  const auto is_nameless = [](const YoloOutput& output) { return output.output.empty(); };
  if (told.outputs.size() == heads.size() && std::ranges::all_of(told.outputs, is_nameless)) {
    const std::vector<std::size_t> finest_first = by_size_of_grid(heads);
    for (std::size_t place = 0; place < heads.size(); ++place) told.outputs[place].output = heads[finest_first[place]].name;
  }
  for (const YoloOutput& output : told.outputs)
    if (std::ranges::find(heads, output.output, &RawHead::name) == heads.end())
      return Error{ErrorCode::kMalformed,
                   fmt::format("model_info: octet_heads names {}, but the heads are {}", in_quotes(output.output), list_of(heads))};
  return told;
}

Result<std::vector<RawHead>> append_outputs(const std::vector<Ref>& heads, Network& network) {
  std::vector<RawHead> appended;
  std::set<std::string> names;
  for (const Ref ref : heads) {
    const NodeRecord& node = network.source().node(ref);
    RawHead head{short_name(node.name), {}};
    if (!names.insert(head.name).second) head.name = node.name;
    OCTET_ASSIGN(const Value value, network.planar(ref));
    head.shape = network.graph().shape(value);
    OCTET_ASSIGN(const NodeId output, network.graph().add(Output{}, {value}, head.name));
    head.name = network.graph().node(output).name;  // another one where a layer has that name
    appended.push_back(std::move(head));
  }
  return appended;
}

}  // namespace

std::vector<Ref> raw_heads(const Source& source) {
  std::vector<Ref> heads;
  for (const Ref end : source.ends()) {
    const auto predicted = predicted_value(source, end);
    if (!predicted) return {};
    if (std::ranges::find(heads, *predicted) == heads.end()) heads.push_back(*predicted);
  }
  return heads;
}

Result<ModelDescription> append_yolo_heads(const std::vector<Ref>& heads, const ModelInfo& info, Network& network) {
  OCTET_ASSIGN(const std::vector<RawHead> appended, append_outputs(heads, network));
  ModelDescription description;
  description.input = {static_cast<int>(network.image().width), static_cast<int>(network.image().height)};
  description.resize = network.image().resize;
  if (info.contains("octet_heads")) {
    OCTET_ASSIGN(description.head, heads_as_told(appended, info));
    return description;
  }
  const auto anchors_text = info.find("anchors"), masks_text = info.find("masks");
  if (anchors_text == info.end() || masks_text == info.end())
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format(
            "the graph ends in convolutions ({}), the raw heads of a YOLO, and does not tell their anchors; give a description with "
            "model_info: anchors and masks, or octet_heads (--model F.yml, docs/model_info.md)",
            list_of(appended))};
  OCTET_ASSIGN(const Anchors anchors, anchors_of(anchors_text->second, masks_text->second));
  OCTET_ASSIGN(description.head, describe(appended, anchors));
  return description;
}

}  // namespace octet::tensorflow
