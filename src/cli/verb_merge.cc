// octet merge: the result of check, detect or quantize out of the parts that --shard made.

#include <algorithm>
#include <array>
#include <memory>

#include "base/quoted_name.h"
#include "cli/options.h"
#include "cli/sharing.h"

namespace octet::cli {
namespace {

struct Options {
  std::vector<std::filesystem::path> parts;
  std::filesystem::path output, history, junit;
  int threads = 1;
};

struct MergedVerb {
  std::string_view name;
  Run (*add)(CLI::App&);
  // What the folder of --output is to it; null where it writes nothing.
  std::string (*output)(const std::filesystem::path& folder);
  bool needs_output, has_history;
};

constexpr std::array kVerbs{
    MergedVerb{"check", add_check, nullptr, false, true},
    MergedVerb{"detect", add_detect, [](const std::filesystem::path& folder) { return "--results=" + (folder / "results.json").string(); },
               false, false},
    MergedVerb{"quantize", add_quantize, [](const std::filesystem::path& folder) { return "--output=" + folder.string(); }, true, true},
};

// The command that made the first part, told to take all of them.
Result<std::vector<std::string>> command_of(const Options& options, const MergedVerb& verb, const PartSetup& setup) {
  OCTET_ASSIGN(std::vector<std::string> words, words_of(setup));
  if (options.output.empty() && verb.needs_output)
    return Error{ErrorCode::kInvalidArgument, "parts of " + setup.verb + " make a model: say where it goes, --output DIR"};
  if (!options.output.empty() && !verb.output)
    return Error{ErrorCode::kInvalidArgument, "parts of " + setup.verb + " make no file: --output goes with those of detect and quantize"};
  if (!options.output.empty()) words.push_back(verb.output(options.output));
  if (!verb.has_history && (!options.history.empty() || !options.junit.empty()))
    return Error{ErrorCode::kInvalidArgument, "parts of " + setup.verb + " have no figures for --history and --junit"};
  if (!options.history.empty()) words.push_back("--history=" + options.history.string());
  if (!options.junit.empty()) words.push_back("--junit=" + options.junit.string());
  for (const std::filesystem::path& part : options.parts) words.push_back("--parts=" + part.string());
  words.push_back("--threads=" + std::to_string(options.threads));
  return words;
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const auto files, find_parts(options.parts));
  const std::string first = files.front().string();
  OCTET_ASSIGN(const PartSetup setup, read_setup(files.front()));
  const auto verb = std::ranges::find(kVerbs, setup.verb, &MergedVerb::name);
  if (verb == kVerbs.end())
    return Error{ErrorCode::kMalformed, first + ": is of " + in_quotes(setup.verb) + ", whose parts cannot be merged"};
  OCTET_ASSIGN_AT(std::vector<std::string> words, command_of(options, *verb, setup), first);
  std::ranges::reverse(words);  // as CLI11 takes them
  CLI::App app;
  const Run merged = verb->add(app);
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return Error{ErrorCode::kMalformed, first + ": holds words that " + setup.verb + " does not take: " + error.what()};
  }
  return merged(console);
}

}  // namespace

Run add_merge(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("merge", "Put together what check, detect or quantize found with --shard");
  verb->footer(
      "Gives what one machine would have given. Models and data are opened where they were; elsewhere: the verb with --parts.\n"
      "Example: octet merge parts1 parts2 parts3");
  verb->add_option("parts", options->parts, "Folders of parts, or parts; all of them")->required();
  verb->add_option("--output,-o", options->output, "Folder for the INT8 model of quantize, or results.json of detect");
  verb->add_option("--history", options->history, "Add the run to this SQLite file, as the verb's own option does");
  verb->add_option("--junit", options->junit, "Write a test case a requirement, as JUnit's XML");
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
