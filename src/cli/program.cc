// A table of verbs; each lives in a file of its own. Called by the name of an old command the program is that command.
#include "cli/program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/edit_distance.h"
#include "base/quoted_name.h"
#include "base/version.h"
#include "cli/interrupt.h"
#include "cli/verb.h"
#include "commands/command.h"

namespace octet::cli {
namespace {

constexpr std::array kVerbs{add_list,      add_info,  add_data,    add_download, add_convert,  add_quantize,
                            add_reproduce, add_infer, add_detect,  add_check,    add_doctor,   add_bench,
                            add_run,       add_merge, add_history, add_compare,  add_selftest, add_completion};

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 2;
    case ErrorCode::kNotFound:
    case ErrorCode::kMalformed:
    case ErrorCode::kUnsupported:
      return 3;
    case ErrorCode::kRequirement:
      return 4;
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      break;
  }
  return 1;
}

// One line, whatever the message holds: tools that read it count lines.
int fail(const Error& error) {
  std::fprintf(stderr, "error: %s\n", plain_line(error.message).c_str());
  return exit_code(error.code);
}

std::string version() { return fmt::format("octet {} ({}, {} threads, {})", kVersion, active_isa().name, available_threads(), cpu_name()); }

// 0, or the status of an error where standard output takes no more.
int print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return 0;
  return fail({ErrorCode::kIo, std::string("standard output cannot be written: ") + std::strerror(errno)});
}

int finish(const Outcome& outcome, bool json) {
  const std::string text =
      json && !outcome.json.is_null() ? outcome.json.dump(-1, ' ', false, Json::error_handler_t::replace) : plain_lines(outcome.text);
  if (const int status = print(text.empty() ? "" : text + "\n"); status != 0) return status;
  return outcome.requirements.ok() ? 0 : fail(outcome.requirements.error());
}

// The old command that the program was called as, or null.
const commands::Command* command_named(const std::string& program) {
  const std::string name = std::filesystem::path(program).filename().string();
  const auto commands = commands::commands();
  const auto found = std::ranges::find(commands, name, &commands::Command::name);
  return found == commands.end() ? nullptr : &*found;
}

using Verbs = std::vector<std::pair<CLI::App*, Run>>;

// CLI11 would only say that a verb is missing.
Error unknown_verb(const std::string& name, const Verbs& verbs) {
  const auto distance = [&](const auto& verb) { return edit_distance(name, verb.first->get_name()); };
  const auto nearest = std::ranges::min_element(verbs, {}, distance);
  const std::string guess = distance(*nearest) <= 2 ? fmt::format(", perhaps '{}'?", nearest->first->get_name()) : "";
  return {ErrorCode::kInvalidArgument, fmt::format("no verb '{}'{} (see octet --help)", name, guess)};
}

// Wrong usage, with the help that has the right one.
Error wrong_usage(const CLI::ParseError& error, const Verbs& verbs) {
  const auto verb = std::ranges::find_if(verbs, [](const auto& each) { return each.first->parsed(); });
  const std::string help = verb == verbs.end() ? "octet --help" : fmt::format("octet {} --help", verb->first->get_name());
  return {ErrorCode::kInvalidArgument, fmt::format("{} (see {})", error.what(), help)};
}

int run(int argc, char** argv) {
  if (const auto isa = requested_isa(); !isa.ok()) return fail(isa.error());
  if (const commands::Command* command = argc > 0 ? command_named(argv[0]) : nullptr) {
    discard_files_on_interrupt();
    return command->run(std::vector<std::string>(argv + 1, argv + argc));
  }
  CLI::App app("From a published object detector to an INT8 model that you can trust, on your own CPU.", "octet");
  app.set_version_flag("--version", version());
  app.require_subcommand(1);
  bool json = false;
  Verbs verbs;
  for (const auto add : kVerbs) {
    Run verb = add(app);
    CLI::App* command = app.get_subcommands({}).back();
    command->add_flag("--json", json, "Print one JSON object as the last line");
    verbs.emplace_back(command, std::move(verb));
  }
  if (argc <= 1) return print(fmt::format("{}\nMore about a verb: octet VERB --help\n", app.help()));
  const std::string first = argv[1];
  const bool is_option_of_program = first == "-h" || first == "--help" || first == "--version";
  if (!is_option_of_program && std::ranges::none_of(verbs, [&](const auto& verb) { return verb.first->get_name() == first; }))
    return fail(unknown_verb(first, verbs));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return fail(wrong_usage(error, verbs));
    std::ostringstream asked_for;  // help, version
    app.exit(error, asked_for);
    return print(asked_for.str());
  }
  discard_files_on_interrupt();
  Console console;
  for (const auto& [command, verb] : verbs) {
    if (!command->parsed()) continue;
    auto outcome = verb(console);
    console.finish();
    return outcome.ok() ? finish(*outcome, json) : fail(outcome.error());
  }
  return 0;
}

}  // namespace

int run_program(int argc, char** argv) {
  // A write beyond the greatest size of a file is an error like that of a full disk, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("error: out of memory\n", stderr);
    return 1;
  } catch (const std::exception& error) {
    return fail({ErrorCode::kInternal, error.what()});
  }
}

}  // namespace octet::cli
