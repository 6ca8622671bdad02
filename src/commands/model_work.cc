#include "commands/model_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace octet::commands {
namespace {

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%_-+=:,./";
  if (!word.empty() && word.find_first_not_of(kSafe) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\"'\"'" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

int work_on_each(const std::vector<ZooModel>& models, const std::function<bool(const ZooModel&)>& work) {
  std::vector<std::string> failed;
  for (const ZooModel& model : models) {
    bool good = true;
    for (const ZooModel& stage : model.stages) good = work(stage) && good;
    if (model.stages.empty()) good = work(model);
    if (!good) failed.push_back(model.name);
  }
  if (failed.empty()) return 0;
  fmt::print("FAILED:\n{}\n", fmt::join(failed, "\n"));
  return 1;
}

void print_heading(bool dry_run, std::string_view text) {
  fmt::print("========== {}{}\n", dry_run ? "(DRY RUN) " : "", text);
  std::fflush(stdout);
}

bool skip(const ZooModel& model, std::string_view why) {
  fmt::print("========== Skipping {} ({})\n\n", model.name, why);
  return true;
}

bool fail(const ZooModel& model, const Error& error) {
  fmt::print(stderr, "########## Error: {}: {}\n", model.name, error.message);
  return false;
}

int print_and_exit(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 1;
}

void print_warning(std::string_view message) { fmt::print(stderr, "########## Warning: {}\n", message); }

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
