#include "cli/recording.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "base/cpu.h"
#include "base/files.h"
#include "base/version.h"
#include "history/history.h"
#include "report/junit.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path history, junit;
};

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// The words of each option that was given.
Json arguments_of(const CLI::App& verb) {
  Json words = Json::object();
  for (const CLI::Option* option : verb.get_options())
    if (option->count() > 0) words[option->get_name()] = option->results();
  return words;
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

using Clock = std::chrono::steady_clock;

JudgedRun judged_run(const CLI::App& verb, Clock::time_point start) {
  std::string at = time_of_now();
  at.pop_back();  // its zone
  return {"octet " + verb.get_name(), at, machine_name(), std::chrono::duration<double>(Clock::now() - start).count()};
}

HistoryRun history_run(const CLI::App& verb, const Outcome& outcome) {
  const Json arguments = arguments_of(verb);
  HistoryRun run;
  run.at = time_of_now();
  run.verb = verb.get_name();
  run.status = outcome.requirements.ok() ? 0 : 4;
  run.version = kVersion;
  run.machine = machine_name();
  run.cpu = cpu_name();
  run.isa = active_isa().name;
  run.models = text_of(arguments.value("model", Json::array()));
  run.arguments = text_of(arguments);
  run.figures = text_of(outcome.json);
  return run;
}

// Either is written where the other cannot be.
Status record(const Options& options, const CLI::App& verb, const Outcome& outcome, Clock::time_point start) {
  Status junit, history;
  if (!options.junit.empty()) junit = write_file(options.junit, render_junit(judged_run(verb, start), outcome.judged));
  if (!options.history.empty()) history = add_to_history(options.history, history_run(verb, outcome));
  return junit.ok() ? history : junit;
}

}  // namespace

Run add_recording(CLI::App& verb, Run run) {
  auto options = std::make_shared<Options>();
  verb.add_option("--history", options->history, "Add this run to the table 'runs' of an SQLite file, which is made where it is absent");
  verb.add_option("--junit", options->junit, "Write a test case a requirement, as JUnit's XML");
  return [options, &verb, run = std::move(run)](Console& console) -> Result<Outcome> {
    for (const std::filesystem::path& file : {options->history, options->junit}) OCTET_RETURN_IF_ERROR(check_output_file(file));
    const auto start = Clock::now();
    OCTET_ASSIGN(Outcome outcome, run(console));
    const bool speaks = !outcome.json.is_null();
    if (const Status recorded = speaks ? record(*options, verb, outcome, start) : Status(); !recorded.ok()) outcome.requirements = recorded;
    return outcome;
  };
}

}  // namespace octet::cli
