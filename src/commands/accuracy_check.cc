// accuracy_check: the Open Model Zoo's checker by its own configurations. It takes all of upstream's options; those that ask for what octet
// lacks are refused by name, and so is a value that would change a figure.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "accuracy/evaluation.h"
#include "base/cpu.h"
#include "base/letter_case.h"
#include "base/version.h"
#include "commands/argument_parser.h"

namespace octet::commands {
namespace {

struct CommandLine {
  accuracy::Request request;
  accuracy::LineOptions lines;
  std::string csv_file, log_file;
  std::optional<std::int64_t> progress_interval;
  bool version_is_asked = false;
};

using Take = std::function<Status(std::span<const std::string>)>;

Take store_path(std::filesystem::path& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = values[0];
    return {};
  };
}

Take store_paths(std::vector<std::filesystem::path>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target.assign(values.begin(), values.end());
    return {};
  };
}

// As upstream reads a boolean's value: what is none of these words is false.
bool is_true(std::string word) {
  word = lower_case(std::move(word));
  return word == "yes" || word == "true" || word == "t" || word == "1";
}

template <typename Flag>
Take store_bool(Flag& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = is_true(values[0]);
    return {};
  };
}

Take ignore() {
  return [](std::span<const std::string>) -> Status { return {}; };
}

// Takes `accepted`, in any case, and no other word.
Take refuse_all_but(std::vector<std::string> accepted, std::string why) {
  return [accepted = std::move(accepted), why = std::move(why)](std::span<const std::string> values) -> Status {
    for (const std::string& word : values)
      if (std::ranges::find(accepted, upper_case(word)) == accepted.end()) return Error{ErrorCode::kUnsupported, why};
    return {};
  };
}

// A switch that octet can only leave off.
Take refuse_true(std::string why) {
  return [why = std::move(why)](std::span<const std::string> values) -> Status {
    return is_true(values[0]) ? Status(Error{ErrorCode::kUnsupported, why}) : Status();
  };
}

// "SUBSAMPLE_SIZE" of "--subsample_size", as argparse calls it.
std::string value_name(const std::string& option) { return upper_case(option.substr(option.find_first_not_of('-'))); }

// Adds options that are called as argparse would call their values.
class OptionAdder {
 public:
  explicit OptionAdder(ArgumentParser& parser) : parser_(parser) {}

  void operator()(std::vector<std::string> names, Take take, std::string help, Arity arity = Arity::kOne, bool required = false) const {
    const std::string value = value_name(names.back());
    parser_.add({.names = std::move(names),
                 .arity = arity,
                 .metavar = value,
                 .help = std::move(help),
                 .required = required,
                 .take = std::move(take)});
  }

 private:
  ArgumentParser& parser_;
};

void add_what_is_measured(const OptionAdder& add, CommandLine& line) {
  accuracy::Request& request = line.request;
  add({"-d", "--definitions"}, store_path(request.definitions), "dataset_definitions.yml");
  add({"-c", "--config"}, store_path(request.config), "accuracy-check.yml", Arity::kOne, true);
  add({"-m", "--models"}, store_paths(request.models), "folders with an IR, or IRs", Arity::kOneOrMore);
  add({"-s", "--source"}, store_path(request.folders.source), "folder that the data set's paths begin in");
  add({"-a", "--annotations"}, store_path(request.folders.annotations), "folder of subset files");
  add({"-tf", "--target_framework"}, store(request.framework), "launchers of this framework alone: openvino or dlsdk");
  add({"-td", "--target_devices"}, store_all(request.devices), "CPU", Arity::kOneOrMore);
  add({"-tt", "--target_tags"}, store_all(request.tags), "launchers with one of these tags alone", Arity::kOneOrMore);
  add({"-ss", "--subsample_size"}, store(request.subset), "so many images, or so many percent: 300, 50%");
  add({"--shuffle"}, store_bool(request.shuffle), "False: the first images, not a draw");
  add({"--subset_file"}, store(request.subset_file), "the images to take, or where to keep them");
  add({"--store_subset"}, store_bool(request.store_subset), "True: keep which images were taken");
}

void add_what_is_written(const OptionAdder& add, CommandLine& line) {
  add({"--csv_result"}, store(line.csv_file), "table to append the figures to");
  add({"--ignore_result_formatting"}, store_bool(line.lines.ignore_formatting), "True: figures with all digits");
  add({"--ignore_metric_reference"}, store_bool(line.lines.ignore_reference), "True: no comparison with references");
  add({"--progress_interval"}, store_integer(line.progress_interval), "images between two lines of progress");
  add({"-l", "--log_file"}, store(line.log_file), "file to append the lines to as well");
  add({"--version"}, set_true(line.version_is_asked), "show octet's version and exit", Arity::kNone);
}

// What says how to run, and not what to measure.
void add_ignored(const OptionAdder& add) {
  using Names = std::vector<std::string>;
  for (const Names& names :
       {Names{"--progress"}, Names{"--async_mode"}, Names{"--num_requests"}, Names{"--use_new_api"}, Names{"--model_attributes"},
        Names{"-ml"}, Names{"--profiler_logs_dir"}, Names{"--profile_report_type"}, Names{"--metrics_interval"},
        Names{"-e", "--extensions"}, Names{"--cpu_extensions_mode"}, Names{"-am", "--affinity_map"}, Names{"--vpu_log_level"},
        Names{"--kaldi_bin_dir"}, Names{"--kaldi_log_file"}, Names{"--undefined_shapes_resolving_policy"}})
    add(names, ignore(), "taken for upstream's sake");
}

void add_refused(const OptionAdder& add) {
  const auto floats_alone = [&](std::vector<std::string> names, Arity arity) {
    add(std::move(names), refuse_all_but({"F32", "FP32"}, "octet measures in f32, and in the integers that a model has"), "f32 or FP32",
        arity);
  };
  floats_alone({"--input_precision"}, Arity::kOneOrMore);
  floats_alone({"--inference_precision_hint"}, Arity::kOne);
  add({"--layout"}, refuse_all_but({"NCHW", "[NCHW]"}, "octet feeds an IR as it lies, [NCHW]"), "NCHW");
  add({"--model_type"}, refuse_all_but({"XML"}, "octet reads IRs, xml"), "xml");
  add({"-tb", "--target_backends"}, refuse_all_but({}, "octet has no launchers of several backends"), "refused", Arity::kOneOrMore);
  add({"-dc", "--device_config"}, refuse_all_but({}, "octet has no settings of a device"), "refused");
  add({"--stored_predictions"}, refuse_all_but({}, "octet keeps no predictions"), "refused");
  add({"--store_only"}, refuse_true("octet keeps no predictions"), "False");
  add({"--profile"}, refuse_true("octet has no profiles of metrics"), "False");
  add({"--intermediate_metrics_results"}, refuse_true("octet has the figures at the end alone"), "False");
  add({"--ie_preprocessing"}, refuse_true("octet prepares pictures itself"), "False");
  add({"--model_is_blob"}, refuse_true("octet reads IRs, xml"), "False");
}

void add_options(ArgumentParser& parser, CommandLine& line) {
  const OptionAdder add(parser);
  add_what_is_measured(add, line);
  add_what_is_written(add, line);
  add_ignored(add);
  add_refused(add);
}

std::filesystem::path from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

void take_environment(accuracy::Request& request) {
  if (request.folders.source.empty()) request.folders.source = from_environment("DATA_DIR");
  if (request.folders.annotations.empty()) request.folders.annotations = from_environment("ANNOTATIONS_DIR");
  if (const auto models = from_environment("MODELS_DIR"); request.models.empty() && !models.empty()) request.models = {models};
}

// Lines of standard output, at once, as a run takes minutes and scripts read along; and behind those of a log file, if there is one.
class Lines {
 public:
  Status open_log(const std::string& path) {
    log_.open(path, std::ios::app);
    return log_ ? Status() : Error{ErrorCode::kIo, "the log " + path + " cannot be written"};
  }

  void operator()(std::string_view text) {
    fmt::print("{}\n", text);
    std::fflush(stdout);
    if (log_.is_open()) log_ << text << '\n' << std::flush;
  }

  // Whether all of the log is in its file.
  Status close_log() {
    if (!log_.is_open()) return {};
    log_.close();
    return log_ ? Status() : Error{ErrorCode::kIo, "the log cannot be written to its end"};
  }

 private:
  std::ofstream log_;
};

int fail(const Error& error) {
  std::string text = error.message;
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' '; }, ' ');
  fmt::print(stderr, "error: {}\n", text);
  return 1;
}

void print_network(const accuracy::Network& network, Lines& print) {
  print("Input info:");
  print(fmt::format("\tname: {}\n\tshape: [1,3,{},{}]", network.input_name, network.input.height, network.input.width));
  print("Output info:");
  for (const accuracy::NetworkOutput& output : network.outputs)
    print(fmt::format("\tname: {}\n\tshape: {}", fmt::join(output.names, ", "), to_string(output.shape)));
}

Status evaluate(const accuracy::Evaluation& evaluation, const CommandLine& line, Lines& print) {
  const accuracy::ProcessingInfo info = evaluation.info();
  for (const std::string& text : accuracy::processing_lines(info)) print(text);
  print_network(evaluation.network, print);
  for (const std::string& note : evaluation.notes) print(note);
  accuracy::RunOptions options{.threads = available_threads(), .print = std::ref(print)};
  options.progress_interval = line.progress_interval.value_or(options.progress_interval);
  OCTET_ASSIGN(const accuracy::Outcome outcome, accuracy::run(evaluation, options));
  std::string rows;
  for (std::size_t i = 0; i < outcome.values.size(); ++i) {
    for (const std::string& text : accuracy::metric_lines(evaluation.metrics[i], outcome.values[i], line.lines)) print(text);
    rows += accuracy::csv_rows(info, evaluation.metrics[i], outcome.values[i], outcome.images);
  }
  return line.csv_file.empty() ? Status() : accuracy::append_csv(line.csv_file, rows);
}

// Everything that the configuration asks for is made ready before the first image is read.
Result<std::vector<accuracy::Evaluation>> prepare_all(const accuracy::Request& request, Lines& print) {
  OCTET_ASSIGN(const auto configs, accuracy::read_configuration(request, std::ref(print)));
  std::vector<accuracy::Evaluation> evaluations;
  for (const accuracy::EvaluationConfig& config : configs) {
    OCTET_ASSIGN_AT(accuracy::Evaluation evaluation, accuracy::prepare(config, request.folders), request.config.string());
    evaluations.push_back(std::move(evaluation));
  }
  return evaluations;
}

}  // namespace

int run_accuracy_check(std::span<const std::string> words);

int run_accuracy_check(std::span<const std::string> words) {
  CommandLine line;
  ArgumentParser parser("accuracy_check", "Measures the accuracy of models as accuracy-check.yml says");
  add_options(parser, line);
  const Status parsed = parser.parse(words);
  if (parser.help_is_asked()) return fmt::print("{}", parser.help()), 0;
  if (line.version_is_asked) return fmt::print("accuracy_check {}\n", kVersion), 0;
  if (!parsed.ok()) {
    fmt::print(stderr, "{}accuracy_check: error: {}\n", parser.usage(), parsed.error().message);
    return 2;
  }
  take_environment(line.request);
  Lines print;
  if (!line.log_file.empty())
    if (const Status opened = print.open_log(line.log_file); !opened.ok()) return fail(opened.error());
  const auto evaluations = prepare_all(line.request, print);
  if (!evaluations.ok()) return fail(evaluations.error());
  int status = 0;
  for (const accuracy::Evaluation& evaluation : *evaluations)
    if (const Status done = evaluate(evaluation, line, print); !done.ok()) status = fail(done.error());
  if (const Status closed = print.close_log(); !closed.ok()) status = fail(closed.error());
  return status;
}

}  // namespace octet::commands
