#include "commands/benchmark_app/run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cpu.h"
#include "base/files.h"
#include "base/version.h"
#include "benchmark/measure.h"
#include "benchmark/prepare_model.h"
#include "commands/benchmark_app/execution_graph.h"
#include "commands/benchmark_app/input_files.h"
#include "commands/benchmark_app/log.h"
#include "commands/benchmark_app/model_arguments.h"
#include "commands/benchmark_app/report.h"
#include "commands/benchmark_app/results.h"
#include "commands/benchmark_app/settings.h"
#include "engines/octet_engine.h"
#include "importers/openvino_ir/import.h"

namespace octet::commands::benchmark_app {
namespace {

using Section = Report::Section;

constexpr std::int64_t kDefaultSeconds = 60;

// Runs `work` and returns how long it took, in milliseconds.
template <typename Work>
double timed_ms(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void print_port(const std::string& name, const std::string& node, const TensorType& type, const std::string& layout) {
  info(fmt::format("    {} (node: {}) : {} / {} / {}", name, node, name_of(type.element), layout, to_string(type.shape)));
}

void print_outputs(const Graph& graph, const std::map<std::string, ElementType>& types) {
  info("Model outputs:");
  for (const NodeId id : graph.outputs()) {
    const Node& output = graph.node(id);
    const Value source = output.inputs[0];
    TensorType type = graph.type(source);
    if (const auto other = types.find(output.name); other != types.end()) type.element = other->second;
    print_port(output.name, graph.node(source).name, type, "[...]");
  }
}

// One run of the program, step by step; each step stands on those before it.
class App {
 public:
  App(const Options& options, std::span<const std::string> words)
      : options_(options), report_(options.report_type, options.report_folder, options.json_report) {
    for (const auto& [name, value] : command_line_pairs(words)) report_.add(Section::kCommandLine, name, value);
  }

  Status run() {
    Status done = run_steps();
    if (done.ok()) return {};
    report_.add(Section::kResults, "error", done.error().message);
    if (const Status written = report_.write(); !written.ok()) warning(written.error().message);
    return done;
  }

 private:
  using StepFunction = Status (App::*)();

  Status run_steps() {
    for (const StepFunction step : {&App::show_runtime, &App::configure, &App::read, &App::reshape, &App::configure_inputs, &App::load,
                                    &App::show_properties, &App::prepare_requests, &App::measure, &App::dump_reports})
      OCTET_RETURN_IF_ERROR((this->*step)());
    print_figures(figures_, options_);
    return {};
  }

  Status show_runtime() {
    print_step(Step::kRuntime);
    info("octet:");
    info(fmt::format("{:.<39} {}", "Build ", kVersion));
    info("");
    info("Device info:");
    info("CPU");
    info(fmt::format("{:.<39} {}, {}, {} threads", "Build ", cpu_name(), active_isa().name, available_threads()));
    info("");
    info("");
    return {};
  }

  Status configure() {
    print_step(Step::kConfiguration);
    OCTET_ASSIGN(settings_, read_settings(options_));
    return {};
  }

  // With -lfile upstream's program loads the model by its path and knows nothing of these steps.
  bool skips_step(Step step) {
    print_step(step);
    if (options_.load_from_file) print_line("Skipping the step for loading model from file");
    return options_.load_from_file;
  }

  Status read() {
    const bool silent = skips_step(Step::kRead);
    if (options_.load_from_file && !(options_.mean_values.empty() && options_.scale_values.empty()))
      return Error{ErrorCode::kInvalidArgument, "--mean_values and --scale_values aren't supported with --load_from_file."};
    if (!silent) info("Loading model files");
    std::optional<Result<Graph>> graph;
    const double ms = timed_ms([&] { graph = import_openvino_ir(options_.model); });
    if (!graph->ok()) return graph->error();
    graph_ = **std::move(graph);
    inputs_ = model_inputs(graph_);
    if (silent) return {};
    info("Read model took " + two_decimals(ms) + " ms");
    info("Original model I/O parameters:");
    info("Model inputs:");
    for (const ModelInput& input : inputs_) print_port(input.name, input.name, input.type, Layout().to_string());
    print_outputs(graph_, {});
    report_.add(Section::kResults, "read model time (ms)", two_decimals(ms));
    return {};
  }

  Status reshape() {
    const bool silent = skips_step(Step::kReshape);
    const auto original = inputs_;
    OCTET_ASSIGN(inputs_, described_inputs(std::move(inputs_), options_, warning));
    OCTET_ASSIGN(batch_, batch_size(inputs_));
    if (!silent) info("Model batch size: " + std::to_string(batch_));
    std::map<std::string, Shape> shapes;
    std::vector<std::string> all;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].type.shape != original[i].type.shape) shapes[inputs_[i].name] = inputs_[i].type.shape;
      all.push_back(fmt::format("'{}': {}", inputs_[i].name, to_string(inputs_[i].type.shape)));
    }
    if (shapes.empty() && options_.shape.empty()) return {};
    info(fmt::format("Reshaping model: {}", fmt::join(all, ", ")));
    std::optional<Result<Graph>> reshaped;
    const double ms = timed_ms([&] { reshaped = with_input_shapes(graph_, shapes); });
    if (!reshaped->ok()) return reshaped->error().at(options_.model);
    graph_ = **std::move(reshaped);
    info("Reshape model took " + two_decimals(ms) + " ms");
    report_.add(Section::kResults, "reshape model time (ms)", two_decimals(ms));
    return {};
  }

  Status configure_inputs() {
    if (skips_step(Step::kInputs)) return {};
    std::vector<std::string> outputs;
    for (const NodeId id : graph_.outputs()) outputs.push_back(graph_.node(id).name);
    OCTET_ASSIGN(output_types_, apply_precisions(inputs_, outputs, options_));
    const auto has_numbers = [](const ModelInput& input) { return !input.mean.empty() || !input.scale.empty(); };
    if (std::ranges::any_of(inputs_, has_numbers))
      warning(
          "Mean/scale values are fused into the model. This slows down performance compared to --imean and --iscale which existed before");
    info("Model inputs:");
    for (const ModelInput& input : inputs_) print_port(input.name, input.name, {input.given, input.type.shape}, input.layout.to_string());
    print_outputs(graph_, output_types_);
    return {};
  }

  Status load() {
    print_step(Step::kLoad);
    OCTET_ASSIGN(PreparedModel prepared, prepared_model(graph_, inputs_, output_types_));
    picture_ = prepared.picture_input;
    if (picture_) info("The bytes of the image are given to octet pixel by pixel, as it takes pictures.");
    RuntimeOptions runtime;
    runtime.picture_input = picture_;
    runtime.precision = settings_.precision;
    std::optional<Result<std::shared_ptr<const Plan>>> plan;
    const double ms = timed_ms([&] { plan = make_plan(std::move(prepared.graph), runtime); });
    if (!plan->ok()) return plan->error().at(options_.model);
    plan_ = **std::move(plan);
    info("Compile model took " + two_decimals(ms) + " ms");
    report_.add(Section::kResults, "compile model time (ms)", two_decimals(ms));
    return {};
  }

  Status show_properties() {
    print_step(Step::kQuery);
    OCTET_ASSIGN(layout_, layout_for(settings_, options_, *plan_));
    info("Model:");
    const auto property = [](const char* name, const auto& value) { info(fmt::format("  {}: {}", name, value)); };
    property("NETWORK_NAME", graph_.name);
    property("OPTIMAL_NUMBER_OF_INFER_REQUESTS", layout_.streams.streams);
    property("NUM_STREAMS", layout_.streams.streams);
    property("INFERENCE_NUM_THREADS", layout_.streams.streams * layout_.streams.threads_per_stream);
    property("PERF_COUNT", settings_.counters ? "YES" : "NO");
    property("INFERENCE_PRECISION_HINT", settings_.precision == InferencePrecision::kBf16 ? "<Type: 'bfloat16'>" : "<Type: 'float32'>");
    property("PERFORMANCE_HINT", settings_.hint.empty() ? "LATENCY" : settings_.hint);
    property("EXECUTION_MODE_HINT", "ExecutionMode.PERFORMANCE");
    property("PERFORMANCE_HINT_NUM_REQUESTS", settings_.requests.value_or(0));
    property("ENABLE_CPU_PINNING", "False");
    property("EXECUTION_DEVICES", "['CPU']");
    return {};
  }

  Status prepare_requests() {
    print_step(Step::kRequests);
    const bool async = options_.api == "async";
    if (async)
      queue_ = std::make_unique<RequestQueue>(
          engine_model(plan_),
          RequestQueueOptions{layout_.streams.streams, layout_.streams.threads_per_stream, layout_.requests, settings_.counters});
    else
      session_ = engine_model(plan_)->open_session(layout_.streams.threads_per_stream);
    if (session_) session_->enable_profile(settings_.counters);
    OCTET_ASSIGN(const auto files, find_input_files(options_.inputs, inputs_));
    OCTET_ASSIGN(values_, input_tensors(files, inputs_, picture_));
    held_.resize(static_cast<std::size_t>(layout_.requests));
    for (auto& held : held_) held = next_values();
    set_limits(async);
    add_configuration();
    return {};
  }

  // The next tensor of each input.
  std::vector<Tensor> next_values() {
    std::vector<Tensor> next;
    for (const auto& tensors : values_) next.push_back(tensors[turn_ % tensors.size()]);
    ++turn_;
    return next;
  }

  void set_limits(bool async) {
    limits_.max_rate = options_.max_rate.value_or(0);
    limits_.seconds = static_cast<double>(options_.seconds.value_or(options_.iterations ? 0 : kDefaultSeconds));
    limits_.iterations = options_.iterations.value_or(0);
    if (!async) return;
    const std::int64_t requests = layout_.requests;
    if (inference_only()) limits_.multiple = requests;
    const std::int64_t aligned = (limits_.iterations + requests - 1) / requests * requests;
    if (aligned != limits_.iterations)
      warning(fmt::format("Number of iterations was aligned by request number from {} to {} using number of requests {}",
                          limits_.iterations, aligned, requests));
    limits_.iterations = aligned;
  }

  bool inference_only() const { return options_.inference_only.value_or(true); }

  void add_configuration() {
    const auto add = [&](const char* name, Report::Json value) { report_.add(Section::kConfiguration, name, std::move(value)); };
    add("topology", options_.load_from_file ? "" : graph_.name);
    add("target device", options_.device);
    add("API", options_.api);
    add("inference_only", inference_only());
    add("precision", "UNSPECIFIED");
    add("batch size", std::to_string(batch_));
    add("number of iterations", limits_.iterations > 0 ? std::to_string(limits_.iterations) : "None");
    add("number of parallel infer requests", std::to_string(layout_.requests));
    add("duration (ms)", fmt::format("{}", 1e3 * limits_.seconds));
    if (settings_.streams_are_given) add("number of CPU streams", std::to_string(layout_.streams.streams));
  }

  // "Start inference asynchronously, 2 inference requests, limits: 2000 ms duration"
  std::string what_is_measured() const {
    std::string text = fmt::format("Start inference {}hronously", options_.api);
    if (queue_) text += fmt::format(", {} inference requests", layout_.requests);
    if (queue_ && settings_.streams_are_given) text += fmt::format(" using {} streams for CPU", layout_.streams.streams);
    text += ", limits: ";
    if (limits_.seconds > 0) text += fmt::format("{} ms duration", 1e3 * limits_.seconds);
    if (limits_.seconds > 0 && limits_.iterations > 0) text += ", ";
    if (limits_.iterations > 0) text += fmt::format("{} iterations", limits_.iterations);
    return text;
  }

  Result<Measurement> run_inferences(const MeasureLimits& limits, NextInputs inputs) {
    return queue_ ? measure_requests(*queue_, inputs, limits) : measure_serial(*session_, inputs, limits);
  }

  Status measure() {
    print_step(Step::kMeasure, what_is_measured());
    info(inference_only() ? "Benchmarking in inference only mode (inputs filling are not included in measurement loop)."
                          : "Benchmarking in full mode (inputs filling are included in measurement loop).");
    const auto held_inputs = [this](std::size_t request) { return std::span<const Tensor>(held_[request]); };
    const auto new_inputs = [this](std::size_t request) { return std::span<const Tensor>(held_[request] = next_values()); };
    if (!options_.no_warm_up) {
      OCTET_ASSIGN(const Measurement first, run_inferences({.iterations = 1}, held_inputs));
      info("First inference took " + two_decimals(first.latencies_ms[0]) + " ms");
      report_.add(Section::kResults, "first inference time (ms)", two_decimals(first.latencies_ms[0]));
    }
    OCTET_ASSIGN(const Measurement measured, inference_only() ? run_inferences(limits_, held_inputs) : run_inferences(limits_, new_inputs));
    figures_ = figures_of(measured, options_.percentile.value_or(50), batch_);
    print_plain_figures(figures_);
    return {};
  }

  std::vector<std::vector<Counter>> counters() const {
    std::vector<std::vector<Counter>> all;
    for (std::size_t request = 0; request < held_.size(); ++request)
      all.push_back(counters_of(plan_->steps(), queue_ ? queue_->step_us(request) : session_->step_us()));
    return all;
  }

  Status dump_reports() {
    print_step(Step::kReport);
    if (!options_.config_to_write.empty()) {
      OCTET_RETURN_IF_ERROR(write_file(options_.config_to_write, Report::Json{{"CPU", settings_.properties}}.dump(4)));
      info("Configuration settings were dumped to " + options_.config_to_write);
    }
    const auto all = counters();
    if (!options_.execution_graph.empty())
      OCTET_RETURN_IF_ERROR(write_file(options_.execution_graph, execution_graph(graph_.name, *plan_, all[0])));
    if (settings_.counters) OCTET_RETURN_IF_ERROR(dump_counters(all));
    for (const auto& [name, value] : result_pairs(figures_, options_)) report_.add(Section::kResults, name, value);
    return report_.write();
  }

  Status dump_counters(const std::vector<std::vector<Counter>>& all) {
    if (!options_.counters_sort.empty()) {
      print_sorted_counters(all, options_.counters_sort);
      OCTET_RETURN_IF_ERROR(report_.write_sorted_counters(sorted_counters(all.back(), options_.counters_sort)));
    } else if (options_.counters.value_or(false)) {
      print_counters(all);
    }
    return report_.write_counters(all);
  }

  const Options& options_;
  Report report_;
  Settings settings_;
  Graph graph_;
  std::vector<ModelInput> inputs_;
  std::map<std::string, ElementType> output_types_;
  std::int64_t batch_ = 1;
  bool picture_ = false;
  std::shared_ptr<const Plan> plan_;
  RequestLayout layout_;
  std::vector<std::vector<Tensor>> values_;  // of each input those that it is given in turn
  std::vector<std::vector<Tensor>> held_;    // of each request its inputs
  std::size_t turn_ = 0;
  MeasureLimits limits_;
  Figures figures_;
  std::unique_ptr<EngineSession> session_;  // -api sync
  std::unique_ptr<RequestQueue> queue_;     // -api async; goes first, as inferences that it ends read what is held
};

}  // namespace

Status run(const Options& options, std::span<const std::string> words) { return App(options, words).run(); }

}  // namespace octet::commands::benchmark_app
