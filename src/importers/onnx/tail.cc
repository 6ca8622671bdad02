#include "importers/onnx/tail.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "importers/onnx/graph_view.h"
#include "importers/onnx/node_import.h"

namespace octet::onnx {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view op, const std::array<std::string_view, N>& operators) {
  return std::ranges::find(operators, op) != operators.end();
}

constexpr auto to_operators(auto... names) { return std::array<std::string_view, sizeof...(names)>{names...}; }

// What stands between the choice of boxes and the outputs of a file: it orders, selects, scales and counts, and has no weights.
constexpr auto kLight = to_operators("Add", "And", "ArgMax", "Cast", "Clip", "Concat", "Constant", "ConstantOfShape", "Div", "Equal",
                                     "Expand", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Greater", "GreaterOrEqual",
                                     "Identity", "Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "NonZero", "Not", "Or", "Pad",
                                     "Range", "ReduceMax", "ReduceMin", "ReduceSum", "Reshape", "Round", "ScatterElements", "ScatterND",
                                     "Shape", "Slice", "Split", "Squeeze", "Sub", "Tile", "Transpose", "Unsqueeze", "Where");

// What leaves the values of its first input as they are, in whatever shape.
constexpr auto kWrappers = to_operators("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");
// What puts columns of boxes together, parts them, or scales them.
constexpr auto kColumnSteps = to_operators("Concat", "Div", "Gather", "Mul", "Slice", "Split", "Transpose");
constexpr auto kGathers = to_operators("Gather", "GatherElements", "GatherND");
// What turns centre and size into corners, with single numbers as other operands.
constexpr auto kBoxArithmetic = to_operators("Add", "Cast", "Clip", "Concat", "Div", "Gather", "Identity", "Max", "Mul", "Neg", "Reshape",
                                             "Slice", "Split", "Squeeze", "Sub", "Transpose", "Unsqueeze");

// ONNX's and TensorRT's (the last as MMDeploy has it), and those that OpenVINO's IR has beside ONNX's.
constexpr auto kSuppressions = to_operators("NonMaxSuppression", "EfficientNMS_TRT", "BatchedNMS_TRT", "BatchedNMSDynamic_TRT",
                                            "TRTBatchedNMS", "MulticlassNms", "MatrixNms");

bool is_suppression(const NodeRecord& node) { return is_one_of(node.op, kSuppressions); }

// No file has more of these; each costs a walk over the graph.
constexpr std::size_t kMostOutputs = 64, kMostGathers = 256, kMostSteps = 256;

// What the outputs are chosen by.
struct Choices {
  std::set<const NodeRecord*> suppressions;
  const GraphRecord* branch = nullptr;     // of an If, with a suppression in it
  std::set<const NodeRecord*> filters;     // NonZero
  std::set<const NodeRecord*> top_values;  // TopK whose values reach an output
  std::vector<const NodeRecord*> gathers;
};

// The branch of an If that has a suppression; null where none has.
const GraphRecord* suppressing_branch(const NodeRecord& node) {
  if (node.op != "If") return nullptr;
  for (const auto& [name, attribute] : node.attributes)
    if (const auto* branch = std::get_if<std::shared_ptr<const GraphRecord>>(&attribute))
      if (std::ranges::any_of((*branch)->nodes, is_suppression)) return branch->get();
  return nullptr;
}

class TailFinder {
 public:
  TailFinder(const GraphRecord& graph, const std::string& picture) : graph_(graph), view_(graph, picture) {}

  Result<std::optional<Tail>> find() {
    const Choices choices = choices_of_outputs();
    if (!choices.suppressions.empty()) return suppression(choices);
    if (choices.branch) return filtered(choices);
    if (choices.top_values.size() == 1) return top_k(**choices.top_values.begin(), choices);
    return std::optional<Tail>();
  }

 private:
  // Every output must be chosen in some way, or be what a suppression chooses from, given beside the indices of what it chose; a TopK in
  // the middle of a network is not reached from all of them.
  Choices choices_of_outputs() const {
    Choices choices;
    if (graph_.outputs.size() > kMostOutputs) return choices;
    std::vector<std::string_view> whole;
    for (const std::string& output : graph_.outputs)
      if (view_.depends_on_picture(output) && !walk(output, choices)) whole.push_back(output);
    const auto is_chosen_from = [&](std::string_view output) {
      return std::ranges::any_of(choices.suppressions, [&](const NodeRecord* node) {
        return std::ranges::any_of(node->inputs, [&](const std::string& input) { return without_copies(input) == without_copies(output); });
      });
    };
    return std::ranges::all_of(whole, is_chosen_from) ? choices : Choices{};
  }

  std::string_view without_copies(std::string_view value) const {
    for (std::size_t steps = 0; steps < kMostSteps; ++steps) {
      const NodeRecord* node = view_.maker(value);
      if (!node || node->op != "Identity" || node->inputs.size() != 1) break;
      value = node->inputs[0];
    }
    return value;
  }

  // Collects what an output is chosen by; whether there is any.
  bool walk(std::string_view from, Choices& choices) const {
    bool found = false;
    std::unordered_set<std::string_view> seen;
    std::vector<std::string_view> open{from};
    while (!open.empty()) {
      const std::string_view value = open.back();
      open.pop_back();
      const NodeRecord* node = view_.maker(value);
      if (!node || !seen.insert(value).second || !view_.depends_on_picture(value)) continue;
      if (is_suppression(*node)) choices.suppressions.insert(node);
      if (node->op == "TopK" && value == node->outputs[0]) choices.top_values.insert(node);
      if (node->op == "NonZero") choices.filters.insert(node);
      if (const GraphRecord* branch = suppressing_branch(*node)) choices.branch = branch;
      found |= is_suppression(*node) || node->op == "TopK" || choices.branch != nullptr;
      if (!is_one_of(node->op, kLight)) continue;
      if (is_one_of(node->op, kGathers) && choices.gathers.size() < kMostGathers) choices.gathers.push_back(node);
      open.insert(open.end(), node->inputs.begin(), node->inputs.end());
    }
    return found;
  }

  // ---- NonMaxSuppression
  Result<std::optional<Tail>> suppression(const Choices& choices) {
    std::set<std::pair<std::string, std::string>> entries;
    for (const NodeRecord* node : choices.suppressions) {
      if (node->inputs.size() < 2) return malformed("has no boxes and scores").at(place(*node));
      entries.insert({selected_scores(node->inputs[1]), selected_boxes(node->inputs[0])});
    }
    if (entries.size() != 1)
      return unsupported("ends in " + std::to_string(entries.size()) +
                         " suppressions of different boxes or scores; say where to cut the graph: --outputs NAME,...");
    Tail tail;
    tail.end = SourceFacts::End::kSuppression;
    tail.across_classes = best_class_alone_ && !classes_apart_;
    tail.outputs = {entries.begin()->first, entries.begin()->second};
    read_settings(**choices.suppressions.begin(), view_, tail);
    return std::optional<Tail>(std::move(tail));
  }

  // `view`: of the graph that has the node.
  static void read_settings(const NodeRecord& node, const GraphView& view, Tail& tail) {
    const auto setting = [&](std::size_t input, std::initializer_list<std::string_view> attributes) -> std::optional<double> {
      if (input < node.inputs.size() && node.op == "NonMaxSuppression") return view.number(node.inputs[input]);
      for (const std::string_view attribute : attributes) {
        const auto found = node.attributes.find(attribute);
        if (found == node.attributes.end()) continue;
        if (const auto* number = std::get_if<float>(&found->second)) return *number;
        if (const auto* integer = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*integer);
      }
      return std::nullopt;
    };
    const auto keep = setting(2, {"max_output_boxes", "keepTopK", "keep_topk"});
    const auto iou = setting(3, {"iou_threshold", "iouThreshold"}), score = setting(4, {"score_threshold", "scoreThreshold"});
    const auto background = setting(node.inputs.size(), {"background_class", "backgroundLabelId", "background_label_id"});
    if (keep && *keep >= 1 && *keep <= 1e6) tail.keep = static_cast<int>(*keep);
    if (iou && *iou >= 0 && *iou <= 1) tail.nms_iou = static_cast<float>(*iou);
    if (score && *score >= 0 && *score <= 1) tail.nms_score = static_cast<float>(*score);
    if (background && *background >= 0 && *background <= 1e6) tail.background_class = static_cast<int>(*background);
  }

  // The scores of all classes of all boxes, where only the best of them enter; what is selected may be transposed before it enters.
  std::string selected_scores(const std::string& from) {
    const auto step = [&](const NodeRecord& node) -> std::optional<std::size_t> {
      best_class_alone_ |= node.op == "ReduceMax";
      if (node.op == "ReduceMax" || node.op == "TopK" || selects(node) || takes_first_picture(node)) return 0;
      return std::nullopt;
    };
    return follow(from, step, [](const NodeRecord& node) { return node.op == "Transpose" ? std::optional<std::size_t>(0) : std::nullopt; });
  }

  std::string selected_boxes(const std::string& from) {
    const auto step = [&](const NodeRecord& node) -> std::optional<std::size_t> {
      if (selects(node) || takes_first_picture(node)) return 0;
      if (const auto scaled = scaled_by_other_input(node)) return scaled;
      if (node.op == "Add" && node.inputs.size() == 2)
        for (const std::size_t i : {0, 1})
          if (is_of_classes(node.inputs[1 - i]) && !is_of_classes(node.inputs[i])) {
            classes_apart_ = true;
            return i;
          }
      return std::nullopt;
    };
    return follow(from, step, [&](const NodeRecord& node) { return keeps_overlaps(node); });
  }

  // Takes the columns of boxes, lines others up behind them, or scales all boxes alike, which changes no overlap.
  std::optional<std::size_t> keeps_overlaps(const NodeRecord& node) const {
    if ((node.op == "Slice" || node.op == "Concat") && !node.inputs.empty()) return 0;
    return scaled_by_constant(node);
  }

  std::optional<std::size_t> scaled_by_constant(const NodeRecord& node) const {
    if ((node.op != "Mul" && node.op != "Div") || node.inputs.size() != 2) return std::nullopt;
    if (is_constant(node.inputs[1])) return 0;
    return node.op == "Mul" && is_constant(node.inputs[0]) ? std::optional<std::size_t>(1) : std::nullopt;
  }

  bool is_constant(const std::string& value) const { return !view_.depends_on_picture(value) && !view_.depends_on_other_input(value); }

  // The first of a batch, whose axis goes.
  bool takes_first_picture(const NodeRecord& node) const {
    if (node.op != "Gather" || node.inputs.size() < 2 || view_.number(node.inputs[1]) != 0) return false;
    const auto axis = node.attributes.find("axis");
    const auto* number = axis == node.attributes.end() ? nullptr : std::get_if<std::int64_t>(&axis->second);
    return !number || *number == 0;
  }

  // ---- A suppression in a branch
  Result<std::optional<Tail>> filtered(const Choices& choices) {
    std::set<std::string> entries, scores;
    for (const std::string& output : graph_.outputs)
      for (const std::string& entry : chosen_from(output)) entries.insert(picked_from(entry));
    for (const NodeRecord* filter : choices.filters) {
      const NodeRecord* comparison = filter->inputs.empty() ? nullptr : view_.maker(filter->inputs[0]);
      if (comparison && comparison->op == "Greater" && !comparison->inputs.empty()) scores.insert(picked_from(comparison->inputs[0]));
    }
    if (entries.size() != 2 || scores.size() != 1 || !entries.contains(*scores.begin())) return std::optional<Tail>();
    Tail tail;
    tail.end = SourceFacts::End::kSuppression;
    tail.outputs = {*scores.begin(), *entries.begin() == *scores.begin() ? *entries.rbegin() : *entries.begin()};
    const auto suppression = std::ranges::find_if(choices.branch->nodes, is_suppression);
    read_settings(*suppression, GraphView(*choices.branch, ""), tail);
    return std::optional<Tail>(std::move(tail));
  }

  // The values of which filters and choices take what becomes a value; none where nothing is chosen.
  std::set<std::string> chosen_from(const std::string& value, std::size_t depth = 0) {
    if (const auto known = chosen_.find(value); known != chosen_.end()) return known->second;
    std::set<std::string> chosen;
    const NodeRecord* node = view_.maker(value);
    if (!node || node->inputs.empty() || depth > kMostSteps || !view_.depends_on_picture(value)) return chosen;
    const bool is_choice = selects(*node) || (node->op == "TopK" && value == node->outputs[0]);
    if (is_choice) {
      chosen = chosen_from(node->inputs[0], depth + 1);
      if (chosen.empty() && view_.depends_on_picture(node->inputs[0])) chosen = {node->inputs[0]};
    } else if (is_one_of(node->op, kWrappers) || is_one_of(node->op, kColumnSteps)) {
      for (const std::string& input : node->inputs)
        if (chosen.size() < kMostGathers) chosen.merge(chosen_from(input, depth + 1));
    }
    chosen_.emplace(value, chosen);
    return chosen;
  }

  // A value without the column or the picture that was picked of it.
  std::string picked_from(const std::string& value) const {
    return follow(value, [&](const NodeRecord& node) -> std::optional<std::size_t> {
      const bool picks = (node.op == "Gather" || node.op == "Slice") && node.inputs.size() > 1 && is_constant(node.inputs[1]);
      return picks ? std::optional<std::size_t>(0) : std::nullopt;
    });
  }

  // ---- TopK
  Result<std::optional<Tail>> top_k(const NodeRecord& node, const Choices& choices) {
    if (node.inputs.empty() || node.outputs.size() < 2) return std::optional<Tail>();
    bool is_flat = true;  // the scores of all classes in one row, once
    const std::string scores = follow(node.inputs[0], [&](const NodeRecord& step) -> std::optional<std::size_t> {
      const bool flattens = is_flat && (step.op == "Flatten" || step.op == "Reshape");
      if (flattens) is_flat = false;
      return flattens || step.op == "Sigmoid" || selects(step) ? std::optional<std::size_t>(0) : std::nullopt;
    });
    if (is_best_of_classes(scores)) return std::optional<Tail>();  // whose number would be lost
    std::set<std::string> boxes;
    for (const NodeRecord* gather : choices.gathers) {
      if (gather->inputs.size() < 2 || !reaches(gather->inputs[1], node.outputs[1]) || is_of_indices(gather->inputs[0])) continue;
      if (const std::string chosen = chosen_boxes(gather->inputs[0]); chosen != scores && view_.depends_on_picture(chosen))
        boxes.insert(chosen);
    }
    if (boxes.size() != 1) return std::optional<Tail>();
    Tail tail;
    tail.end = SourceFacts::End::kTopK;
    tail.outputs = {scores, *boxes.begin()};
    if (const auto keep = node.inputs.size() > 1 ? view_.number(node.inputs[1]) : std::nullopt; keep && *keep >= 1 && *keep <= 1e6)
      tail.keep = static_cast<int>(*keep);
    return std::optional<Tail>(std::move(tail));
  }

  std::string chosen_boxes(const std::string& from) {
    const std::string boxes = follow(from, [&](const NodeRecord& node) -> std::optional<std::size_t> {
      if (selects(node)) return 0;
      return scaled_by_other_input(node);
    });
    const std::string unscaled = follow(boxes, [&](const NodeRecord& node) { return scaled_by_constant(node); });
    return before_corners(unscaled).value_or(boxes);
  }

  // The value of centres and sizes of which single numbers and nothing else make the corners that are joined here.
  std::optional<std::string> before_corners(const std::string& corners) const {
    const NodeRecord* join = view_.maker(corners);
    if (!join || join->op != "Concat" || join->inputs.size() < 2) return std::nullopt;
    std::vector<std::string> open(join->inputs.begin(), join->inputs.end());
    std::set<std::string> ends, seen;
    // Backward to where all ways meet: a value that only one node gives is passed where another way still has to come.
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!seen.insert(value).second || !view_.depends_on_picture(value)) {
        if (!view_.depends_on_picture(value) && !is_single_number(value)) return std::nullopt;
        continue;
      }
      const NodeRecord* node = view_.maker(value);
      if (!node || !is_one_of(node->op, kBoxArithmetic)) return std::nullopt;
      const bool parts = node->op == "Split" || node->op == "Slice" || node->op == "Gather";
      if (parts) {
        ends.insert(node->inputs[0]);
        continue;
      }
      open.insert(open.end(), node->inputs.begin(), node->inputs.end());
    }
    if (ends.size() != 1) return std::nullopt;
    return *ends.begin();
  }

  // Axes and shapes aside, which are few numbers but may be several.
  bool is_single_number(const std::string& value) const {
    if (value.empty() || view_.number(value)) return true;
    const auto found = graph_.initializers.find(value);
    if (found != graph_.initializers.end()) return found->second.type() == ElementType::kI64;
    const NodeRecord* node = view_.maker(value);
    return node && node->op == "Constant";
  }

  // ---- steps

  std::string follow(const std::string& from, auto&& step) const {
    return follow(from, step, [](const NodeRecord&) { return std::optional<std::size_t>(); });
  }

  // Goes backward while `step` names the input to go on with, or the node wraps its input, in any way or as `wraps` has it; the last value
  // that a step led to.
  std::string follow(const std::string& from, auto&& step, auto&& wraps) const {
    std::string result = from, at = from;
    for (std::size_t steps = 0; steps < kMostSteps; ++steps) {
      const NodeRecord* node = view_.maker(at);
      if (!node) break;
      const std::optional<std::size_t> input = step(*node);
      if (input && *input < node->inputs.size()) {
        result = at = node->inputs[*input];
        continue;
      }
      const std::optional<std::size_t> wrapped = is_one_of(node->op, kWrappers) ? std::optional<std::size_t>(0) : wraps(*node);
      if (!wrapped || *wrapped >= node->inputs.size()) break;
      at = node->inputs[*wrapped];
    }
    return result;
  }

  // Whether a value is one score a box, that of its best class, in whatever shape.
  bool is_best_of_classes(std::string value) const {
    for (std::size_t steps = 0; steps < kMostSteps; ++steps) {
      const NodeRecord* node = view_.maker(value);
      if (!node || node->inputs.empty()) return false;
      if (node->op == "ReduceMax" || (node->op == "TopK" && value == node->outputs[0])) return true;
      if (!is_one_of(node->op, kWrappers)) return false;
      value = node->inputs[0];
    }
    return false;
  }

  // Whether a value is the places of the best, in whatever shape.
  bool is_of_indices(std::string value) const {
    for (std::size_t steps = 0; steps < kMostSteps; ++steps) {
      const NodeRecord* node = view_.maker(value);
      if (!node) return false;
      if (node->op == "TopK") return node->outputs.size() > 1 && value == node->outputs[1];
      if (!is_one_of(node->op, kWrappers) || node->inputs.empty()) return false;
      value = node->inputs[0];
    }
    return false;
  }

  // Takes some of the boxes, by indices that are computed.
  bool selects(const NodeRecord& node) const {
    return is_one_of(node.op, kGathers) && node.inputs.size() > 1 && view_.depends_on_picture(node.inputs[1]);
  }

  // The side of the boxes in a product or quotient with the scale or size of the original picture.
  std::optional<std::size_t> scaled_by_other_input(const NodeRecord& node) const {
    if ((node.op != "Mul" && node.op != "Div") || node.inputs.size() != 2) return std::nullopt;
    for (const std::size_t i : {0, 1}) {
      const std::string& other = node.inputs[1 - i];
      if (!view_.depends_on_other_input(other) || view_.depends_on_picture(other) || !view_.depends_on_picture(node.inputs[i])) continue;
      return i;
    }
    return std::nullopt;
  }

  // Whether a value comes of the number of the best class, through what is light; OpenVINO spells ArgMax as TopK.
  bool is_of_classes(const std::string& value) const {
    return any_light_source(value, [](const NodeRecord& node, std::string_view at) {
      return node.op == "ArgMax" || (node.op == "TopK" && node.outputs.size() > 1 && at == node.outputs[1]);
    });
  }

  bool reaches(const std::string& value, const std::string& source) const {
    return any_light_source(value, [&](const NodeRecord&, std::string_view at) { return at == source; });
  }

  template <typename Predicate>
  bool any_light_source(const std::string& value, Predicate&& predicate) const {
    std::unordered_set<std::string_view> seen;
    std::vector<std::string_view> open{value};
    while (!open.empty()) {
      const std::string_view at = open.back();
      open.pop_back();
      const NodeRecord* node = view_.maker(at);
      if (!node || !seen.insert(at).second) continue;
      if (predicate(*node, at)) return true;
      if (is_one_of(node->op, kLight)) open.insert(open.end(), node->inputs.begin(), node->inputs.end());
    }
    return false;
  }

  const GraphRecord& graph_;
  GraphView view_;
  std::unordered_map<std::string, std::set<std::string>> chosen_;  // by value
  bool best_class_alone_ = false, classes_apart_ = false;  // what enters a suppression: one score a box, boxes of each class elsewhere
};

}  // namespace

void Tail::tell(SourceFacts& facts) const {
  facts.end = end;
  facts.across_classes = across_classes;
  facts.nms_iou = nms_iou;
  facts.nms_score = nms_score;
  facts.keep = keep;
  facts.background_class = background_class;
}

Result<std::optional<Tail>> find_tail(const GraphRecord& graph, const std::string& picture) { return TailFinder(graph, picture).find(); }

}  // namespace octet::onnx
