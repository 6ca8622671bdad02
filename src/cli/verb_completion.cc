// octet completion: what a shell offers behind "octet", made of the verbs and options as they are.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "zoo/catalogue.h"

namespace octet::cli {
namespace {

struct Word {
  std::string text, help;
  bool has_value = false;    // of an option
  std::string choices = {};  // its values, with blanks between them, where there are a few
  bool or_file = false;      // or the path of a file
};

struct Verb {
  Word word;  // its choices: of what stands behind it
  std::vector<Word> options;
};

// Of one line, so that it can stand between single quotes of any shell.
std::string unquoted(std::string text) {
  std::ranges::replace(text, '\'', '`');
  std::ranges::replace(text, '\n', ' ');
  return text;
}

bool names_model(const CLI::Option& option) { return option.get_type_name() == kModelName; }

// The names of the known models, or what help shows as {a,b} behind the option's type.
std::string choices_of(const CLI::Option& option) {
  if (names_model(option)) return fmt::format("{}", fmt::join(zoo_names(), " "));
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string choices = type.substr(open + 1, close - open - 1);
  std::ranges::replace(choices, ',', ' ');
  return choices;
}

std::vector<Verb> verbs_of(const CLI::App& program) {
  std::vector<Verb> verbs;
  for (const CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    Verb verb{{app->get_name(), unquoted(app->get_description())}, {}};
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional()) {
        verb.word.choices = choices_of(*option);
        verb.word.or_file = names_model(*option);
      }
      for (const std::string& name : option->get_lnames())
        verb.options.push_back({"--" + name, unquoted(option->get_description()), option->get_items_expected_max() > 0, choices_of(*option),
                                names_model(*option)});
    }
    verbs.push_back(std::move(verb));
  }
  return verbs;
}

std::string spaced(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::vector<Word> names_of(const std::vector<Verb>& verbs) {
  std::vector<Word> names;
  for (const Verb& verb : verbs) names.push_back(verb.word);
  return names;
}

// Lines of a shell's `case` over the verb and the word before the cursor: they set what is offered, `begin` CHOICES `end`, and where it may
// be a file do `files` as well.
std::string cases_of_choices(const std::vector<Verb>& verbs, std::string_view begin, std::string_view end, std::string_view files) {
  std::string cases;
  const auto add = [&](const std::string& verb, const Word& before) {
    if (!before.choices.empty())
      cases += fmt::format("      '{} {}') {}{}{}{} ;;\n", verb, before.text, begin, before.choices, end, before.or_file ? files : "");
  };
  for (const Verb& verb : verbs) {
    add(verb.word.text, verb.word);
    for (const Word& option : verb.options) add(verb.word.text, option);
  }
  return cases;
}

std::string for_bash(const std::vector<Verb>& verbs) {
  std::string cases;
  for (const Verb& verb : verbs) cases += fmt::format("      {}) words='{}' ;;\n", verb.word.text, spaced(verb.options));
  return fmt::format(
      R"(_octet() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words= files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='{}'
  elif [[ $current == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{}    esac
  else
    case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD - 1]}}" in
{}    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; [ -z "$files" ] || compgen -f -- "$current")
  [ -z "$files" ] || compopt -o filenames 2>/dev/null
}}
complete -o default -F _octet octet)",
      spaced(names_of(verbs)), cases, cases_of_choices(verbs, "words='", "'", " files=1"));
}

// 'word:help', in which a colon of the help is escaped.
std::string described(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) {
    text += fmt::format("{}'{}:", text.empty() ? "" : " ", word.text);
    for (const char c : word.help) text += c == ':' ? "\\:" : std::string(1, c);
    text += "'";
  }
  return text;
}

// Read by `source`, or as the file _octet that zsh loads when octet is first completed and runs as that function.
std::string for_zsh(const std::vector<Verb>& verbs) {
  std::string cases;
  for (const Verb& verb : verbs) cases += fmt::format("      {}) found=({}) ;;\n", verb.word.text, described(verb.options));
  return fmt::format(
      R"(#compdef octet
_octet() {{
  local -a found
  if ((CURRENT == 2)); then
    found=({})
    _describe verb found
  elif [[ $PREFIX == -* ]]; then
    case $words[2] in
{}    esac
    _describe -o option found
  else
    case "$words[2] $words[CURRENT-1]" in
{}      *) _files; return ;;
    esac
    compadd -a found
  fi
}}
if [[ $funcstack[1] == _octet ]]; then _octet "$@"; else compdef _octet octet; fi)",
      described(names_of(verbs)), cases, cases_of_choices(verbs, "found=(", ")", "; _files"));
}

std::string for_fish(const std::vector<Verb>& verbs) {
  std::string text;
  for (const Verb& verb : verbs) {
    text += fmt::format("complete -c octet -n __fish_use_subcommand -f -a {} -d '{}'\n", verb.word.text, verb.word.help);
    const std::string behind = fmt::format("complete -c octet -n '__fish_seen_subcommand_from {}'", verb.word.text);
    if (!verb.word.choices.empty()) text += fmt::format("{}{} -a '{}'\n", behind, verb.word.or_file ? "" : " -f", verb.word.choices);
    for (const Word& option : verb.options) {
      std::string value = option.has_value ? " -r" : "";
      if (!option.choices.empty()) value = fmt::format(" {} -a '{}'", option.or_file ? "-r" : "-x", option.choices);
      text += fmt::format("{} -l {}{} -d '{}'\n", behind, option.text.substr(2), value, option.help);
    }
  }
  text.pop_back();
  return text;
}

}  // namespace

Run add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "Print what lets a shell complete verbs and options");
  verb->footer(
      "Examples: source <(octet completion bash)\n"
      "          octet completion fish >~/.config/fish/completions/octet.fish");
  verb->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell, &app](Console&) -> Result<Outcome> {
    const std::vector<Verb> verbs = verbs_of(app);
    const std::string text = *shell == "bash" ? for_bash(verbs) : *shell == "zsh" ? for_zsh(verbs) : for_fish(verbs);
    return Outcome{{{"completion", text}}, text};
  };
}

}  // namespace octet::cli
