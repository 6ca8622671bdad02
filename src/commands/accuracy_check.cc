// accuracy_check: the Open Model Zoo's checker by its own configurations. Its options are upstream's; those that are about devices, caches
// and profiles that octet has none of are refused by name.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "accuracy/evaluation.h"
#include "base/cpu.h"
#include "commands/argument_parser.h"

namespace octet::commands {
namespace {

struct CommandLine {
  accuracy::Request request;
  accuracy::LineOptions lines;
  std::string csv_file;
  std::optional<std::int64_t> progress_interval;
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
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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

// "SUBSAMPLE_SIZE" of "--subsample_size", as argparse calls it.
std::string value_name(const std::string& option) {
  std::string name = option.substr(option.find_first_not_of('-'));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

void add_options(ArgumentParser& parser, CommandLine& line) {
  accuracy::Request& request = line.request;
  const auto add = [&](std::vector<std::string> names, Take take, std::string help, Arity arity = Arity::kOne, bool required = false) {
    const std::string value = value_name(names.back());
    parser.add({.names = std::move(names),
                .arity = arity,
                .metavar = value,
                .help = std::move(help),
                .required = required,
                .take = std::move(take)});
  };
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
  add({"--csv_result"}, store(line.csv_file), "table to append the figures to");
  add({"--ignore_result_formatting"}, store_bool(line.lines.ignore_formatting), "True: figures with all digits");
  add({"--ignore_metric_reference"}, store_bool(line.lines.ignore_reference), "True: no comparison with references");
  add({"--progress_interval"}, store_integer(line.progress_interval), "images between two lines of progress");
  // What says how to run, and not what to measure.
  for (const char* name : {"--progress", "--async_mode", "--num_requests", "--use_new_api", "--model_attributes", "-ml"})
    add({name}, ignore(), "taken for upstream's sake");
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

// A line of standard output, at once: a run takes minutes, and scripts read along.
void print(std::string_view text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

int fail(const Error& error) {
  std::string text = error.message;
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' '; }, ' ');
  fmt::print(stderr, "error: {}\n", text);
  return 1;
}

void print_network(const accuracy::Network& network) {
  print("Input info:");
  print(fmt::format("\tname: {}\n\tshape: [1,3,{},{}]", network.input_name, network.input.height, network.input.width));
  print("Output info:");
  for (const accuracy::NetworkOutput& output : network.outputs)
    print(fmt::format("\tname: {}\n\tshape: {}", fmt::join(output.names, ", "), to_string(output.shape)));
}

Status evaluate(const accuracy::Evaluation& evaluation, const CommandLine& line) {
  const accuracy::ProcessingInfo info = evaluation.info();
  for (const std::string& text : accuracy::processing_lines(info)) print(text);
  print_network(evaluation.network);
  for (const std::string& note : evaluation.notes) print(note);
  accuracy::RunOptions options{.threads = available_threads(), .print = print};
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
Result<std::vector<accuracy::Evaluation>> prepare_all(const accuracy::Request& request) {
  OCTET_ASSIGN(const auto configs, accuracy::read_configuration(request, print));
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
  if (const Status status = parser.parse(words); !status.ok()) {
    fmt::print(stderr, "{}accuracy_check: error: {}\n", parser.usage(), status.error().message);
    return 2;
  }
  if (parser.help_is_asked()) return fmt::print("{}", parser.help()), 0;
  take_environment(line.request);
  const auto evaluations = prepare_all(line.request);
  if (!evaluations.ok()) return fail(evaluations.error());
  int status = 0;
  for (const accuracy::Evaluation& evaluation : *evaluations)
    if (const Status done = evaluate(evaluation, line); !done.ok()) status = fail(done.error());
  return status;
}

}  // namespace octet::commands
