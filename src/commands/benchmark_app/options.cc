#include "commands/benchmark_app/options.h"

#include <algorithm>
#include <cctype>

#include "base/parse_number.h"

namespace octet::commands::benchmark_app {
namespace {

using Values = std::span<const std::string>;
using Take = std::function<Status(Values)>;

const std::vector<std::string> kPrecisions{"bool", "f16", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Take store_positive(std::optional<std::int64_t>& target) {
  return [&target](Values values) -> Status {
    target = parse_number<std::int64_t>(values[0]);
    if (!target) return invalid("invalid check_positive value: '" + values[0] + "'");
    return *target > 0 ? Status() : invalid(values[0] + " is an invalid positive int value");
  };
}

// Of an option whose value may be left out, which then is true.
template <typename Target>
Take store_bool(Target& target) {
  return [&target](Values values) -> Status {
    std::string word = values.empty() ? "true" : values[0];
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto is_one_of = [&](std::initializer_list<std::string_view> words) { return std::ranges::find(words, word) != words.end(); };
    if (is_one_of({"yes", "true", "t", "y", "1"})) return target = true, Status();
    if (is_one_of({"no", "false", "f", "n", "0"})) return target = false, Status();
    return invalid("Boolean value expected.");
  };
}

Take store_group(std::vector<std::vector<std::string>>& target) {
  return [&target](Values values) -> Status {
    target.emplace_back(values.begin(), values.end());
    return {};
  };
}

// What is read so that scripts run, and does nothing.
Take ignore() {
  return [](Values) { return Status(); };
}

void add_main(ArgumentParser& parser, Options& o) {
  parser.add({{"-i", "--paths_to_input"},
              Arity::kOneOrMore,
              "PATHS_TO_INPUT",
              "Pictures, .npy or .bin files, or folders of them: PATH[,PATH...], or INPUT:PATH[,PATH...] for one input of several; random "
              "values without it",
              {},
              false,
              store_group(o.inputs)});
  parser.add({{"-m", "--path_to_model"},
              Arity::kOne,
              "PATH_TO_MODEL",
              "The model: an IR (.xml with the .bin beside it)",
              {},
              true,
              store(o.model)});
  parser.add({{"-d", "--target_device"}, Arity::kOne, "TARGET_DEVICE", "CPU", {}, false, store(o.device)});
  parser.add({{"-hint", "--perf_hint"},
              Arity::kOne,
              "",
              "What to run for: throughput keeps several inferences in flight, latency gives each "
              "all threads, none leaves it to -nstreams and -nthreads. Without it throughput, with -api sync latency",
              {"throughput", "tput", "cumulative_throughput", "ctput", "latency", "none"},
              false,
              store(o.hint)});
  parser.add(
      {{"-niter", "--number_iterations"}, Arity::kOne, "NUMBER_ITERATIONS", "Inferences to run", {}, false, store_positive(o.iterations)});
  parser.add({{"-t", "--time"}, Arity::kOne, "TIME", "Seconds to run; 60 without it and -niter", {}, false, store_positive(o.seconds)});
  parser.add({{"-api", "--api_type"},
              Arity::kOne,
              "",
              "Several inferences in flight, or one after the other",
              {"sync", "async"},
              false,
              store(o.api)});
  parser.add({{"-json_stats", "--json_stats"},
              Arity::kOptional,
              "JSON_STATS",
              "Reports in JSON rather than CSV",
              {},
              false,
              store_bool(o.json_report)});
}

void add_shapes(ArgumentParser& parser, Options& o) {
  parser.add(
      {{"-b", "--batch_size"}, Arity::kOne, "BATCH_SIZE", "The batch to run with; the model's without it", {}, false, store(o.batch)});
  parser.add({{"-shape"},
              Arity::kOne,
              "SHAPE",
              "Shapes to run with: [1,3,224,224], or input1[1,3,224,224],input2[1,4]",
              {},
              false,
              store(o.shape)});
  parser.add({{"-data_shape"},
              Arity::kOne,
              "DATA_SHAPE",
              "For models of dynamic shapes, which octet has none of",
              {},
              false,
              store(o.data_shape)});
  parser.add({{"-layout"},
              Arity::kOne,
              "LAYOUT",
              "What the dimensions of inputs are: [NCHW], or input1[NCHW],input2[NC]",
              {},
              false,
              store(o.layout)});
}

void add_running(ArgumentParser& parser, Options& o) {
  parser.add({{"-nireq", "--number_infer_requests"},
              Arity::kOne,
              "NUMBER_INFER_REQUESTS",
              "Inferences in flight; as many as streams without it",
              {},
              false,
              store_positive(o.requests)});
  parser.add({{"-nstreams", "--number_streams"},
              Arity::kOne,
              "NUMBER_STREAMS",
              "Inferences that run at a time, each with its share of the threads",
              {},
              false,
              store(o.streams)});
  parser.add({{"-nthreads", "--number_threads"}, Arity::kOne, "NUMBER_THREADS", "Threads in all", {}, false, store_integer(o.threads)});
  parser.add({{"-inference_only", "--inference_only"},
              Arity::kOptional,
              "INFERENCE_ONLY",
              "Give each request its inputs once (the default), or new ones before each inference",
              {},
              false,
              store_bool(o.inference_only)});
  parser.add({{"-no_warmup", "--no_warmup"},
              Arity::kNone,
              "",
              "Run no first inference before the measurement",
              {},
              false,
              set_true(o.no_warm_up)});
  parser.add({{"-max_irate", "--maximum_inference_rate"},
              Arity::kOne,
              "RATE",
              "Inferences a second at most",
              {},
              false,
              store_number(o.max_rate)});
  parser.add({{"-lfile", "--load_from_file"},
              Arity::kOptional,
              "LOAD_FROM_FILE",
              "Run the model with the inputs that it has",
              {},
              false,
              store_bool(o.load_from_file)});
}

void add_values(ArgumentParser& parser, Options& o) {
  parser.add({{"-ip", "--input_precision"},
              Arity::kOne,
              "",
              "Type of what the inputs are given; u8 for images without it",
              kPrecisions,
              false,
              store(o.input_precision)});
  parser.add({{"-op", "--output_precision"}, Arity::kOne, "", "Type of the outputs", kPrecisions, false, store(o.output_precision)});
  parser.add({{"-iop", "--input_output_precision"},
              Arity::kOne,
              "INPUT_OUTPUT_PRECISION",
              "The same by name: \"input:f16, output:f16\"",
              {},
              false,
              store(o.input_output_precision)});
  parser.add({{"-infer_precision"},
              Arity::kOne,
              "INFER_PRECISION",
              "f32, or bf16 where the CPU has it; integers of the model stay",
              {},
              false,
              store(o.inference_precision)});
  parser.add(
      {{"-mean_values", "--mean_values"}, Arity::kOne, "[R,G,B]", "Subtracted from the values of images", {}, false, store(o.mean_values)});
  parser.add({{"-scale_values", "--scale_values"},
              Arity::kOne,
              "[R,G,B]",
              "What the values of images are divided by",
              {},
              false,
              store(o.scale_values)});
}

void add_statistics(ArgumentParser& parser, Options& o) {
  parser.add({{"-latency_percentile", "--latency_percentile"},
              Arity::kOne,
              "LATENCY_PERCENTILE",
              "1 to 100; 50, the median, without it",
              {},
              false,
              store_integer(o.percentile)});
  parser.add({{"-report_type", "--report_type"},
              Arity::kOne,
              "",
              "Write a report, and one of the times of the steps",
              {"no_counters", "average_counters", "detailed_counters"},
              false,
              store(o.report_type)});
  parser.add({{"-report_folder", "--report_folder"}, Arity::kOne, "REPORT_FOLDER", "Where to", {}, false, store(o.report_folder)});
  parser.add(
      {{"-pc", "--perf_counts"}, Arity::kOptional, "PERF_COUNTS", "Print the times of the steps", {}, false, store_bool(o.counters)});
  parser.add({{"-pcsort", "--perf_counts_sort"},
              Arity::kOne,
              "",
              "Print the times of the steps with their shares",
              {"no_sort", "sort", "simple_sort"},
              false,
              store(o.counters_sort)});
  parser.add(
      {{"-pcseq", "--pcseq"}, Arity::kOptional, "PCSEQ", "For models of dynamic shapes, which octet has none of", {}, false, ignore()});
  parser.add({{"-exec_graph_path", "--exec_graph_path"},
              Arity::kOne,
              "EXEC_GRAPH_PATH",
              "Write the steps that run, as XML",
              {},
              false,
              store(o.execution_graph)});
  parser.add({{"-dump_config"}, Arity::kOne, "DUMP_CONFIG", "Write the settings as JSON", {}, false, store(o.config_to_write)});
  parser.add({{"-load_config"}, Arity::kOne, "LOAD_CONFIG", "Read settings; options come before them", {}, false, store(o.config_to_read)});
}

// Options that concern other devices, or OpenVINO's own means.
void add_foreign(ArgumentParser& parser, Options& o) {
  parser.add({{"-pin", "--infer_threads_pinning"},
              Arity::kOne,
              "",
              "octet leaves its threads to the system",
              {"YES", "NO", "NUMA", "HYBRID_AWARE"},
              false,
              store(o.pinning)});
  parser.add({{"-extensions", "--extensions"},
              Arity::kOne,
              "EXTENSIONS",
              "Not for octet, which loads no libraries",
              {},
              false,
              store(o.extensions)});
  parser.add({{"-c", "--path_to_cldnn_config"}, Arity::kOne, "PATH_TO_CLDNN_CONFIG", "For GPUs alone", {}, false, store(o.gpu_kernels)});
  parser.add({{"-cdir", "--cache_dir"}, Arity::kOne, "CACHE_DIR", "octet keeps no compiled models", {}, false, store(o.cache_folder)});
}

}  // namespace

ArgumentParser parser_for(Options& options) {
  ArgumentParser parser("benchmark_app", "Measures latency and throughput of a model on octet's runtime.");
  for (const auto add : {add_main, add_shapes, add_running, add_values, add_statistics, add_foreign}) add(parser, options);
  return parser;
}

bool has_known_percentile(const Options& options) {
  const std::int64_t percentile = options.percentile.value_or(50);
  return percentile >= 1 && percentile <= 100;
}

Status check(const Options& options) {
  if (!has_known_percentile(options)) return invalid("The percentile value is incorrect. The applicable values range is [1, 100].");
  if (options.hint != "none" && (!options.streams.empty() || options.threads.value_or(0) != 0 || !options.pinning.empty()))
    return invalid(
        "-nstreams, -nthreads and -pin options are fine tune options. To use them you should explicitely set -hint option to none. This is "
        "not "
        "OpenVINO limitation (those options can be used in OpenVINO together), but a benchmark_app UI rule.");
  if (options.report_type == "average_counters" && options.device.find("MULTI") != std::string::npos)
    return invalid("only detailed_counters report type is supported for MULTI device");
  constexpr std::int64_t kMostIterations = 1'000'000'000'000;
  if (options.iterations.value_or(0) > kMostIterations)
    return invalid("-niter " + std::to_string(*options.iterations) + " is more than anyone waits for");
  if (options.threads.value_or(0) < 0) return invalid("-nthreads " + std::to_string(*options.threads) + " is no number of threads");
  if (options.max_rate && !(*options.max_rate >= 0)) return invalid("-max_irate must not be below 0");
  return {};
}

}  // namespace octet::commands::benchmark_app
