#include "quant/layer_alone.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <ranges>
#include <set>
#include <string>
#include <utility>

#include "base/parallel.h"
#include "graph/op_schema.h"
#include "graph/patterns.h"
#include "quant/channels.h"
#include "quant/sessions.h"

namespace octet::quant {
namespace {

// What each session of a plan of trials keeps.
constexpr std::size_t kKeptBytes = 12 << 20;

bool moves_images(const Node& node) {
  const OpTraits traits = schema_of(node.op).traits;
  return traits.only_moves_values && traits.keeps_axes;
}

bool is_quantizer(const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); }

// The addition of a constant that alone reads a node: its bias.
std::optional<NodeId> bias_of(const Graph& graph, NodeId layer) {
  const auto reader = only_reader(graph, {layer, 0});
  if (!reader || !is_convolution(graph.node(layer).op)) return std::nullopt;
  const auto side = constant_side(graph, {*reader, 0});
  return side && side->kind == BinaryKind::kAdd ? reader : std::nullopt;
}

// The inputs of a node that are data: of a convolution the first, else all.
std::span<const Value> data_inputs(const Node& node) {
  const std::span<const Value> inputs = node.inputs;
  return is_convolution(node.op) ? inputs.first(1) : inputs;
}

}  // namespace

std::vector<NodeId> quantizers_of(const Graph& quantized, Value input) {
  std::vector<NodeId> found;
  std::set<Value> seen;
  std::vector<Value> open{input};
  while (!open.empty()) {
    const Value value = open.back();
    open.pop_back();
    if (!seen.insert(value).second) continue;
    const Node& node = quantized.node(value);
    if (is_quantizer(node)) found.push_back(value.node);
    if (is_quantizer(node) || !moves_images(node)) continue;
    const bool joins = std::holds_alternative<Concat>(node.op);
    open.insert(open.end(), node.inputs.begin(), joins ? node.inputs.end() : node.inputs.begin() + 1);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<NodeId> quantized_layers(const Graph& quantized) {
  std::vector<NodeId> layers;
  for (std::size_t i = 0; i < quantized.nodes().size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    const Node& node = quantized.node(id);
    const auto is_quantized = [&](Value input) { return !quantizers_of(quantized, input).empty(); };
    if (schema_of(node.op).traits.computes_in_integers && !moves_images(node) && std::ranges::any_of(data_inputs(node), is_quantized))
      layers.push_back(id);
  }
  return layers;
}

std::vector<Value> head_values(const Graph& graph) {
  std::vector<Value> heads;
  const auto add = [&](Value value) {
    if (graph.type(value).element == ElementType::kF32 && std::ranges::find(heads, value) == heads.end()) heads.push_back(value);
  };
  for (const NodeId output : graph.outputs()) {
    const Value value = graph.node(output).inputs[0];
    if (op_of<DetectionOutput>(graph, value)) {
      add(graph.node(value).inputs[0]);
      add(graph.node(value).inputs[1]);
    } else {
      add(value);
    }
  }
  return heads;
}

Graph ended_at(const Graph& graph, const std::vector<Value>& values) {
  Graph ended;
  ended.name = graph.name;
  ended.model_info = graph.model_info;
  std::vector<NodeId> now(graph.nodes().size());
  const auto moved = [&](Value value) { return Value{now[index_of(value.node)], value.port}; };
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    if (std::holds_alternative<Output>(node.op)) continue;
    std::vector<Value> inputs;
    std::ranges::transform(node.inputs, std::back_inserter(inputs), moved);
    now[i] = ended.emit(node.op, std::move(inputs), node.name).node;
  }
  for (std::size_t i = 0; i < values.size(); ++i) ended.emit(Output{}, {moved(values[i])}, "end " + std::to_string(i));
  ended.tidy();
  return ended;
}

namespace {

bool is_activation(const Graph& graph, const Node& node) {
  if (std::holds_alternative<PRelu>(node.op)) return graph.constant(node.inputs[1]) != nullptr;
  return std::holds_alternative<Unary>(node.op) || std::holds_alternative<Clamp>(node.op);
}

// The layer, its bias and its activations, each the only reader of the one before, with their ids in the quantized graph.
std::vector<NodeId> nodes_of(const Graph& quantized, NodeId layer) {
  std::vector<NodeId> nodes{layer};
  if (const auto bias = bias_of(quantized, layer)) nodes.push_back(*bias);
  for (auto next = only_reader(quantized, {nodes.back(), 0}); next && is_activation(quantized, quantized.node(*next));
       next = only_reader(quantized, {nodes.back(), 0}))
    nodes.push_back(*next);
  return nodes;
}

// Copies the graph in floats, node by node, and puts the layers of the quantized one where their results in floats are there.
class TrialBuilder {
 public:
  TrialBuilder(const Graph& floats, const Graph& quantized, const std::set<std::string>& names) : floats_(floats), quantized_(quantized) {
    for (std::size_t i = 0; i < floats.nodes().size(); ++i) by_name_[floats.nodes()[i].name] = static_cast<NodeId>(i);
    for (const NodeId layer : quantized_layers(quantized)) {
      if (!names.contains(quantized.node(layer).name)) continue;
      std::vector<NodeId> nodes = nodes_of(quantized, layer);
      const auto end = by_name_.find(quantized.node(nodes.back()).name);
      if (end != by_name_.end()) ending_at_[end->second] = std::move(nodes);
    }
  }

  LayerTrials run() {
    trials_.graph.name = floats_.name;
    trials_.graph.model_info = floats_.model_info;
    for (std::size_t i = 0; i < floats_.nodes().size(); ++i) {
      const Node& node = floats_.nodes()[i];
      std::vector<Value> inputs;
      for (const Value input : node.inputs) inputs.push_back(moved(input));
      copies_.push_back(trials_.graph.emit(node.op, std::move(inputs), node.name).node);
      if (const auto found = ending_at_.find(static_cast<NodeId>(i)); found != ending_at_.end()) add(found->second);
    }
    return std::move(trials_);
  }

 private:
  void add(const std::vector<NodeId>& nodes) {
    const Value floats = plain({nodes.back(), 0}), made = beside(nodes);
    const Value difference =
        trials_.graph.emit(Binary{BinaryKind::kSubtract}, {made, floats}, quantized_.node(nodes[0]).name + "/difference");
    trials_.layers.push_back({quantized_.node(nodes[0]).name, floats, made, difference});
  }

  // The last of the nodes, beginning with quantized data.
  Value beside(const std::vector<NodeId>& nodes) {
    const std::size_t data = data_inputs(quantized_.node(nodes[0])).size();
    std::size_t index = 0;
    Value made = copied({nodes[0], 0}, [&](Value input) { return index++ < data ? quantized(input) : plain(input); });
    for (std::size_t i = 1; i < nodes.size(); ++i)
      made = copied({nodes[i], 0}, [&, before = made](Value input) { return input.node == nodes[i - 1] ? before : plain(input); });
    return made;
  }

  // As the graph in floats computes it; what is not there, such as integer weights, is copied, and what channels are moved by, which is
  // settled to whole steps.
  Value plain(Value value) {
    const Node& node = quantized_.node(value);
    if (is_quantizer(node)) return plain(node.inputs[0]);
    if (moves_channels(quantized_, value)) return copied(value, [this](Value input) { return plain(input); });
    if (const auto same = by_name_.find(node.name); same != by_name_.end()) return moved({same->second, value.port});
    return copied(value, [this](Value input) { return plain(input); });
  }

  // With the quantizers that the value comes through.
  Value quantized(Value value) {
    if (quantizers_of(quantized_, value).empty()) return plain(value);
    const Node& node = quantized_.node(value);
    const bool quantizes = is_quantizer(node);
    return copied(value, [&, first = true](Value input) mutable {
      const bool is_data = std::exchange(first, false) || std::holds_alternative<Concat>(node.op);
      return is_data && !quantizes ? quantized(input) : plain(input);
    });
  }

  template <typename Bring>
  Value copied(Value value, Bring bring) {
    const Node& node = quantized_.node(value);
    std::vector<Value> inputs;
    for (const Value input : node.inputs) inputs.push_back(bring(input));
    return {trials_.graph.emit(node.op, std::move(inputs), node.name + "/alone").node, value.port};
  }

  Value moved(Value value) const { return {copies_[index_of(value.node)], value.port}; }

  const Graph& floats_;
  const Graph& quantized_;
  std::map<std::string, NodeId> by_name_;            // of the graph in floats
  std::map<NodeId, std::vector<NodeId>> ending_at_;  // by its end in floats: the nodes of a layer in the quantized graph
  std::vector<NodeId> copies_;                       // by node of the graph in floats
  LayerTrials trials_;
};

// Of a pixel in floats, of all in doubles.
double power_of(const kernels::ImageView<const float>& image) {
  double sum = 0;
  for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const float* const values = image.data + pixel * image.pixel_stride;
    float of_pixel = 0;
    for (std::int64_t c = 0; c < image.channels; ++c) of_pixel += values[c] * values[c];
    sum += static_cast<double>(of_pixel);
  }
  return sum;
}

}  // namespace

LayerTrials try_layers(const Graph& floats, const Graph& quantized, const std::set<std::string>& names) {
  return TrialBuilder(floats, quantized, names).run();
}

Result<std::shared_ptr<const Plan>> compile_trials(const LayerTrials& trials) {
  RuntimeOptions options;
  options.kept_bytes = kKeptBytes;
  for (const LayerTrial& trial : trials.layers) {
    options.substitutes.push_back({trial.floats, trial.quantized});
    options.observe.insert(options.observe.end(), {trial.floats, trial.difference});
  }
  return compile(trials.graph, options);
}

Status for_each_picture(const std::shared_ptr<const Plan>& plan, std::size_t pictures, int threads, const OnPicture& work) {
  const auto sessions = make_sessions(plan, pictures, threads);
  std::vector<Status> done(pictures);
  std::atomic<bool> ended = false;
  parallel_for_each(static_cast<int>(sessions.size()), pictures, [&](int worker, std::size_t picture) {
    if (ended) return;
    done[picture] = work(*sessions[static_cast<std::size_t>(worker)], picture);
    if (!done[picture].ok()) ended = true;
  });
  for (const Status& each : done) OCTET_RETURN_IF_ERROR(each);
  return {};
}

Status run_trials(const std::shared_ptr<const Plan>& plan, std::span<const Tensor> pictures,
                  std::span<const std::vector<std::size_t>> layers, int threads, const OnOutputs& see, const Progress& progress) {
  std::mutex mutex;
  std::int64_t tried = 0, total = 0;
  for (const auto& of_picture : layers) total += std::ssize(of_picture);
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    if (progress) progress(++tried, total);
  };
  return for_each_picture(plan, pictures.size(), threads, [&](Session& session, std::size_t picture) -> Status {
    if (layers[picture].empty()) return {};
    OCTET_ASSIGN(const auto floats, session.run(pictures.subspan(picture, 1)));
    OCTET_RETURN_IF_ERROR(see(picture, std::nullopt, floats));
    for (const std::size_t layer : std::views::reverse(layers[picture])) {
      OCTET_ASSIGN(const auto outputs, session.run_with(layer, pictures.subspan(picture, 1)));
      OCTET_RETURN_IF_ERROR(see(picture, layer, outputs));
      count();
    }
    return {};
  });
}

Result<std::vector<std::vector<Powers>>> measure_results(const LayerTrials& trials, const std::shared_ptr<const Plan>& plan,
                                                         std::span<const Tensor> pictures, int threads, const OnOutputs& see) {
  std::vector<std::vector<Powers>> results(pictures.size(), std::vector<Powers>(trials.layers.size()));
  std::map<Value, std::size_t> floats, differences;
  for (std::size_t i = 0; i < trials.layers.size(); ++i) floats[trials.layers[i].floats] = differences[trials.layers[i].difference] = i;
  OCTET_RETURN_IF_ERROR(for_each_picture(plan, pictures.size(), threads, [&](Session& session, std::size_t picture) -> Status {
    OCTET_ASSIGN(const auto outputs, session.run(pictures.subspan(picture, 1), [&](const Observed& seen) {
      for (const auto& image : seen.images) {
        if (const auto found = floats.find(seen.value); found != floats.end()) results[picture][found->second].signal += power_of(image);
        if (const auto found = differences.find(seen.value); found != differences.end())
          results[picture][found->second].noise += power_of(image);
      }
    }));
    return see(picture, std::nullopt, outputs);
  }));
  return results;
}

}  // namespace octet::quant
