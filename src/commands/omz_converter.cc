// omz_converter: IRs of the selected models' downloaded files.
#include <fmt/format.h>

#include "base/cpu.h"
#include "base/parse_number.h"
#include "commands/command.h"
#include "commands/model_selection.h"
#include "commands/model_work.h"
#include "workflow/convert_published.h"

namespace octet::commands {
namespace {

struct Options {
  ModelSelection selection;
  std::string download_dir = std::filesystem::current_path().string();
  std::optional<std::string> output_dir, precisions, python, optimizer;
  std::vector<std::string> extra_args;
  bool dry_run = false;
  int jobs = 1;

  ModelTrees trees() const { return {download_dir, output_dir.value_or(download_dir)}; }
};

Status take_jobs(int& target, const std::string& word) {
  if (word == "auto") {
    target = available_threads();
    return {};
  }
  const auto jobs = parse_number<int>(word);
  if (!jobs || *jobs <= 0)
    return Error{ErrorCode::kInvalidArgument, fmt::format("must be a positive integer or \"auto\" (got '{}')", word)};
  target = *jobs;
  return {};
}

void add_options(ArgumentParser& parser, Options& options) {
  parser.add({.names = {"-d", "--download_dir"},
              .metavar = "DIR",
              .help = "root of the directory tree with downloaded model files",
              .take = store(options.download_dir)});
  parser.add({.names = {"-o", "--output_dir"},
              .metavar = "DIR",
              .help = "root of the directory tree to place converted files into",
              .take = store(options.output_dir)});
  add_selection_options(parser, options.selection, "convert");
  parser.add({.names = {"--precisions"},
              .metavar = "PREC[,PREC...]",
              .help = "run only conversions that produce models with the specified precisions",
              .take = store(options.precisions)});
  parser.add({.names = {"-p", "--python"}, .metavar = "PYTHON", .help = "accepted; nothing is run", .take = store(options.python)});
  parser.add({.names = {"--mo"}, .metavar = "MO.PY", .help = "accepted; octet converts itself", .take = store(options.optimizer)});
  parser.add({.names = {"--add_mo_arg", "--add-mo-arg"},
              .metavar = "ARG",
              .help = "extra argument of Model Optimizer to follow",
              .take = append(options.extra_args)});
  parser.add({.names = {"--dry_run", "--dry-run"},
              .arity = Arity::kNone,
              .help = "print the conversion commands without running them",
              .take = set_true(options.dry_run)});
  parser.add({.names = {"-j", "--jobs"},
              .metavar = "JOBS",
              .help = "how many models to convert at a time; \"auto\": as many as there are processors",
              .take = [&options](std::span<const std::string> values) { return take_jobs(options.jobs, values[0]); }});
}

// The same work as words of octet's own command line, for people.
std::string command_of(const ZooModel& model, const ConversionPlan& plan, const std::string& precision, const ModelTrees& trees) {
  std::vector<std::string> words{"octet", "convert", plan.source.string()};
  if (plan.weights) words.insert(words.end(), {"--weights", plan.weights->string()});
  words.insert(words.end(), {"--model", model.name, "--precision", precision, "--output", trees.output.string()});
  return shell_command(words);
}

Status convert_to(const ZooModel& model, const ConversionPlan& plan, const std::string& precision, const Options& options,
                  const Reporter& reporter) {
  reporter.section_heading(fmt::format("{}Converting {} to IR ({})", options.dry_run ? "(DRY RUN) " : "", model.name, precision));
  reporter.line("Conversion command: " + command_of(model, plan, precision, options.trees()));
  for (const std::string& remark : plan.remarks) reporter.line(remark);
  if (options.dry_run) return {};
  return convert_published(model, plan, precision == "FP16" ? Precision::kFp16 : Precision::kFp32, options.trees().output,
                           warn_by(reporter));
}

bool convert(const ZooModel& model, const Options& options, const std::vector<std::string>& asked, const Reporter& reporter) {
  if (!model.optimizer_args && model.source_file.empty()) return skip(model, "no conversions defined", reporter);
  const std::vector<std::string> precisions = common(asked, model.precisions);
  if (precisions.empty()) return skip(model, "all conversions skipped", reporter);
  const auto plan = plan_conversion(model, options.trees(), options.extra_args);
  if (!plan.ok()) return fail(model, plan.error(), reporter);
  for (const std::string& precision : precisions) {
    const Status status = convert_to(model, *plan, precision, options, reporter);
    if (!status.ok()) return fail(model, status.error(), reporter);
    reporter.line();
  }
  return true;
}

}  // namespace

int run_omz_converter(std::span<const std::string> words) {
  ArgumentParser parser("omz_converter", "");
  Options options;
  add_options(parser, options);
  return run_on_models(parser, words, options.selection, [&](const std::vector<ZooModel>& models) {
    const auto precisions = parse_precisions(options.precisions, known_precisions());
    if (!precisions.ok()) return print_and_exit(precisions.error());
    return work_on_each(models, options.jobs, Reporter::Format::kText,
                        [&](const ZooModel& model, const Reporter& reporter) { return convert(model, options, *precisions, reporter); });
  });
}

}  // namespace octet::commands
