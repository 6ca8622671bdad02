#include "commands/model_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <optional>

#include "base/parallel.h"

namespace octet::commands {
namespace {

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%_-+=:,./";
  if (!word.empty() && word.find_first_not_of(kSafe) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\"'\"'" : std::string(1, c);
  return quoted + "'";
}

Result<bool> work_on_stages(const ZooModel& model, const Reporter& reporter, const ModelWork& work) {
  if (model.stages.empty()) return work(model, reporter);
  bool good = true;
  for (const ZooModel& stage : model.stages) {
    OCTET_ASSIGN(const bool stage_good, work(stage, reporter));
    good = good && stage_good;
  }
  return good;
}

// Of each model that was begun; the first error keeps others from it.
std::vector<std::optional<Result<bool>>> work_side_by_side(const std::vector<ZooModel>& models, int jobs, Reporter::Format format,
                                                           const ModelWork& work) {
  OrderedOutput output(models.size());
  std::vector<std::optional<Result<bool>>> results(models.size());
  std::atomic<bool> ended = false;
  const auto workers = std::clamp<std::size_t>(models.size(), 1, static_cast<std::size_t>(jobs));
  parallel_for_each(static_cast<int>(workers), models.size(), [&](int, std::size_t i) {
    if (!ended) results[i] = work_on_stages(models[i], Reporter(output, i, format), work);
    if (results[i] && !results[i]->ok()) ended = true;
    output.end(i);
  });
  return results;
}

}  // namespace

int work_on_each(const std::vector<ZooModel>& models, int jobs, Reporter::Format format, const ModelWork& work) {
  const auto results = work_side_by_side(models, jobs, format, work);
  std::vector<std::string> failed;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (!results[i]) continue;
    if (!results[i]->ok()) return print_and_exit({results[i]->error().code, "error: " + results[i]->error().message});
    if (!**results[i]) failed.push_back(models[i].name);
  }
  if (failed.empty()) return 0;
  if (format == Reporter::Format::kText) fmt::print("FAILED:\n{}\n", fmt::join(failed, "\n"));
  return 1;
}

bool skip(const ZooModel& model, std::string_view why, const Reporter& reporter) {
  reporter.section_heading(fmt::format("Skipping {} ({})", model.name, why));
  reporter.line();
  return true;
}

bool fail(const ZooModel& model, const Error& error, const Reporter& reporter) {
  reporter.error(fmt::format("{}: {}", model.name, error.message));
  return false;
}

int print_and_exit(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 1;
}

std::function<void(std::string_view)> warn_by(const Reporter& reporter) {
  return [&reporter](std::string_view message) { reporter.warning(message); };
}

std::vector<std::string> common(const std::vector<std::string>& asked, const std::vector<std::string>& known) {
  std::vector<std::string> both;
  std::ranges::copy_if(asked, std::back_inserter(both),
                       [&](const std::string& word) { return std::ranges::find(known, word) != known.end(); });
  return both;
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) command += (command.empty() ? "" : " ") + shell_quoted(word);
  return command;
}

}  // namespace octet::commands
