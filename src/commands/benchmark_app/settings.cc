#include "commands/benchmark_app/settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/parse_number.h"
#include "commands/benchmark_app/log.h"

namespace octet::commands::benchmark_app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMost = 1024;  // streams, threads or requests

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// "CPU", or a device of several of which the CPU is one: AUTO, MULTI:CPU,GPU.
Status check_device(const std::string& device) {
  const std::size_t colon = device.find(':');
  const std::string first = device.substr(0, colon);
  if (device == "CPU") return {};
  const bool several = first == "AUTO" || first == "MULTI" || first == "HETERO";
  const auto members = colon == std::string::npos ? std::vector<std::string>{"CPU"} : split(device.substr(colon + 1), ',');
  if (!several || std::ranges::find(members, "CPU") == members.end())
    return invalid("Device with \"" + device + "\" name is not registered: octet runs on CPU");
  warning("Device " + device + " is taken as CPU, the one on which octet runs.");
  return {};
}

// "N", or "CPU:N,GPU:M": what is meant for this device.
Result<std::string> value_for_device(const std::string& text, const std::string& device) {
  std::string found;
  for (const std::string& part : split(text, ',')) {
    const auto words = split(part, ':');
    if (words.size() > 2) return invalid("Unknown string format: " + text);
    if (words.size() == 2 && device.find(words[0]) == std::string::npos)
      return invalid("Failed to set property to '" + words[0] + "' which is not found in the target devices list '" + device + "'!");
    if (words.size() == 1 || words[0] == "CPU" || found.empty()) found = words.back();
  }
  return found;
}

// A count of streams or threads; -1, 0 and AUTO leave it open.
Result<std::optional<int>> parse_count(const std::string& text, const std::string& what) {
  if (text.empty() || text == "AUTO") return std::optional<int>();
  const auto number = parse_number<int>(text);
  if (!number || *number < -1 || *number > kMost) return invalid(fmt::format("{} '{}' is no number from 1 to {}", what, text, kMost));
  return *number > 0 ? number : std::nullopt;
}

Status apply_property(Settings& settings, const std::string& name, const std::string& value) {
  const auto count = [&](std::optional<int>& target) -> Status {
    OCTET_ASSIGN(target, parse_count(value, name));
    return {};
  };
  settings.properties[name] = value;
  if (name == "NUM_STREAMS") return count(settings.streams);
  if (name == "INFERENCE_NUM_THREADS") return count(settings.threads);
  if (name == "PERF_COUNT") return settings.counters = value == "YES", Status();
  if (name != "PERFORMANCE_HINT") {
    settings.properties.erase(name);
    warning("Property " + name + " of the configuration has no meaning for octet and is left out.");
  }
  return {};
}

// {"CPU": {"NUM_STREAMS": "3", "PERF_COUNT": "NO"}}
Status load_properties(Settings& settings, const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;
  OCTET_ASSIGN(const std::string text, read_text(path, kMostBytes));
  const Json config = Json::parse(text, nullptr, false);
  if (!config.is_object()) return Error{ErrorCode::kMalformed, path + ": no JSON object of devices"};
  const auto device = config.find("CPU");
  if (device == config.end()) return {};
  if (!device->is_object()) return Error{ErrorCode::kMalformed, path + ": \"CPU\" is no object of properties"};
  for (const auto& [name, value] : device->items()) {
    if (value.is_structured()) return Error{ErrorCode::kMalformed, path + ": property " + name + " is neither a text nor a number"};
    if (const Status applied = apply_property(settings, name, value.is_string() ? value.get<std::string>() : value.dump()); !applied.ok())
      return applied.error().at(path);
  }
  return {};
}

std::string hint_of(const Options& options) {
  if (options.hint == "none") return "";
  if (options.hint == "latency") return "LATENCY";
  if (options.hint == "cumulative_throughput" || options.hint == "ctput") return "CUMULATIVE_THROUGHPUT";
  if (!options.hint.empty()) return "THROUGHPUT";
  const std::string hint = options.api == "sync" ? "LATENCY" : "THROUGHPUT";
  warning(fmt::format(
      "Performance hint was not explicitly specified in command line. Device({}) performance hint will be set to PerformanceMode.{}.",
      options.device, hint));
  return hint;
}

bool counters_of(const Options& options, bool configured) {
  const auto because = [&](const std::string& reason) {
    warning(fmt::format("Turn on performance counters for {} device {}.", options.device, reason));
    return true;
  };
  if (options.counters) return *options.counters;
  if (configured) {
    warning("Performance counters for " + options.device + " device is turned on. To print results use -pc option.");
    return true;
  }
  if (options.report_type == "average_counters" || options.report_type == "detailed_counters")
    return because("since report type is " + options.report_type);
  if (!options.execution_graph.empty()) return because("due to execution graph dumping");
  return !options.counters_sort.empty() && because("since pcsort value is " + options.counters_sort);
}

// Options that octet reads and that change nothing here.
void warn_of_ignored(const Options& options) {
  if (!options.pinning.empty() && options.pinning != "NO")
    warning("-pin " + options.pinning + " is ignored: octet leaves its threads to the system.");
  if (!options.gpu_kernels.empty()) warning("-c is ignored: it is for GPUs.");
  if (!options.cache_folder.empty()) warning("-cdir is ignored: octet keeps no compiled models.");
}

// f32 where nothing else is asked for: bf16 is another computation, which upstream takes unasked.
Result<InferencePrecision> precision_of(const Options& options) {
  if (options.inference_precision.empty()) return InferencePrecision::kF32;
  OCTET_ASSIGN(const std::string precision, value_for_device(options.inference_precision, options.device));
  if (precision == "bf16") return InferencePrecision::kBf16;
  if (precision != "f32")
    warning("-infer_precision " + precision + " is ignored: octet computes in f32 or bf16, and in the integers that a model has.");
  return InferencePrecision::kF32;
}

}  // namespace

Result<Settings> read_settings(const Options& options) {
  Settings settings;
  OCTET_RETURN_IF_ERROR(check_device(options.device));
  if (!options.extensions.empty()) return invalid("-extensions " + options.extensions + ": octet loads no libraries");
  if (!options.config_to_read.empty()) OCTET_RETURN_IF_ERROR(load_properties(settings, options.config_to_read));
  settings.hint = hint_of(options);
  if (!settings.hint.empty()) settings.properties["PERFORMANCE_HINT"] = settings.hint;
  if (options.requests) {
    const std::string text = std::to_string(*options.requests);
    OCTET_ASSIGN(settings.requests, parse_count(text, "-nireq"));
    settings.properties["PERFORMANCE_HINT_NUM_REQUESTS"] = text;
  }
  settings.counters = counters_of(options, settings.counters);
  settings.properties["PERF_COUNT"] = settings.counters ? "YES" : "NO";
  if (options.threads.value_or(0) > 0)
    OCTET_RETURN_IF_ERROR(apply_property(settings, "INFERENCE_NUM_THREADS", std::to_string(*options.threads)));
  if (!options.streams.empty()) {
    OCTET_ASSIGN(const std::string streams, value_for_device(options.streams, options.device));
    OCTET_RETURN_IF_ERROR(apply_property(settings, "NUM_STREAMS", streams));
    settings.streams_are_given = true;
  }
  OCTET_ASSIGN(settings.precision, precision_of(options));
  warn_of_ignored(options);
  if (!options.batch.empty()) {
    warning("Batch size is set. Auto batching will be disabled");
    settings.properties["ALLOW_AUTO_BATCHING"] = "NO";
  }
  return settings;
}

Result<RequestLayout> layout_for(const Settings& settings, const Options& options, const Plan& plan) {
  const int threads = settings.threads.value_or(available_threads());
  const bool throughput = settings.hint.ends_with("THROUGHPUT") || (settings.streams_are_given && !settings.streams);
  StreamLayout streams = layout_for_latency(threads);
  if (settings.streams)
    streams = layout_of_streams(*settings.streams, threads);
  else if (throughput)
    streams = layout_for_throughput(threads, plan.arena_bytes(), memory_bytes());
  // More streams than requests would never run.
  if (throughput && !settings.streams && settings.requests && *settings.requests < streams.streams)
    streams = layout_of_streams(*settings.requests, threads);
  const std::uint64_t most = memory_bytes() / std::max<std::size_t>(1, plan.arena_bytes());
  if (static_cast<std::uint64_t>(streams.streams) > most)
    return invalid(
        fmt::format("{} streams of {} MB each do not fit in memory, ask for {} at most", streams.streams, plan.arena_bytes() >> 20, most));
  return RequestLayout{streams, options.api == "sync" ? 1 : settings.requests.value_or(streams.streams)};
}

}  // namespace octet::commands::benchmark_app
