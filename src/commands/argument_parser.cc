#include "commands/argument_parser.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/parse_number.h"

namespace octet::commands {
namespace {

using Take = std::function<Status(std::span<const std::string>)>;

Error usage_error(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string all_names(const Option& option) { return fmt::format("{}", fmt::join(option.names, "/")); }

// -5, -1.5, -.5: values and no options, as no command here has options that look so.
bool is_negative_number(std::string_view word) {
  const auto is_digits = [](std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; };
  const std::string_view number = word.substr(1), fraction = number.substr(std::min(number.find('.'), number.size()));
  return word[0] == '-' && is_digits(number.substr(0, number.size() - fraction.size())) &&
         is_digits(fraction.substr(fraction.empty() ? 0 : 1)) && is_digits(number.substr(number.size() - 1));
}

std::string quoted_choices(const std::vector<std::string>& choices) { return fmt::format("'{}'", fmt::join(choices, "', '")); }

Status take(const Option& option, std::span<const std::string> values) {
  if (!option.choices.empty())
    for (const std::string& value : values)
      if (std::ranges::find(option.choices, value) == option.choices.end())
        return usage_error(
            fmt::format("argument {}: invalid choice: '{}' (choose from {})", all_names(option), value, quoted_choices(option.choices)));
  if (const Status taken = option.take(values); !taken.ok())
    return usage_error("argument " + all_names(option) + ": " + taken.error().message);
  return {};
}

// How many of the words behind an option can be its values.
std::size_t most_values(const Option& option, bool has_joined) {
  if (option.arity == Arity::kNone || has_joined) return 0;
  return option.arity == Arity::kOneOrMore ? std::string::npos : 1;
}

// The values of an option: what is joined to it, or else words behind it.
Result<std::vector<std::string>> values_of(const Option& option, const std::optional<std::string>& joined,
                                           std::span<const std::string> words) {
  if (joined && option.arity == Arity::kNone)
    return usage_error(fmt::format("argument {}: ignored explicit argument '{}'", all_names(option), *joined));
  if (joined) return std::vector<std::string>{*joined};
  if (words.empty() && (option.arity == Arity::kOne || option.arity == Arity::kOneOrMore))
    return usage_error(
        fmt::format("argument {}: expected {} argument", all_names(option), option.arity == Arity::kOne ? "one" : "at least one"));
  return std::vector<std::string>(words.begin(), words.end());
}

// "--name PAT[,PAT...]", in brackets unless it is required.
std::string with_value(const Option& option, const std::string& name) {
  if (option.arity == Arity::kNone) return name;
  const std::string value = option.choices.empty() ? option.metavar : fmt::format("{{{}}}", fmt::join(option.choices, ","));
  switch (option.arity) {
    case Arity::kOptional:
      return fmt::format("{} [{}]", name, value);
    case Arity::kOneOrMore:
      return fmt::format("{} {} [{} ...]", name, value, value);
    case Arity::kNone:
    case Arity::kOne:
      break;
  }
  return name + " " + value;
}

// Appends words to lines, further lines indented: as long as argparse has them where 80 characters fit on a line.
std::string wrapped(std::string line, const std::vector<std::string>& words, std::size_t indent) {
  constexpr std::size_t kWidth = 78;
  std::string text;
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > kWidth && line.size() > indent) {
      text += line + "\n";
      line = std::string(indent, ' ') + word;
    } else {
      line += line.size() == indent || line.empty() ? word : " " + word;
    }
  }
  return text + line + "\n";
}

std::vector<std::string> split_at_blanks(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace

// An option that a word names, and what was joined to the word (--name=x, -j4).
struct ArgumentParser::Match {
  const Option* option;
  std::optional<std::string> joined;
};

// What a word is: a value, or an option, of which there is a match where it is known.
struct ArgumentParser::Kind {
  bool is_option = false;
  std::optional<Match> match{};
};

ArgumentParser::ArgumentParser(std::string program, std::string description)
    : program_(std::move(program)), description_(std::move(description)) {
  add({.names = {"-h", "--help"}, .arity = Arity::kNone, .help = "show this help message and exit", .take = set_true(help_is_asked_)});
}

void ArgumentParser::add(Option option) { options_.push_back(std::move(option)); }

// The option of that very name, or the only one whose name begins so. An error where several do; nothing where none does.
Result<std::optional<ArgumentParser::Match>> ArgumentParser::find(const std::string& word) const {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const std::optional<std::string> joined = equals == std::string::npos ? std::nullopt : std::optional(word.substr(equals + 1));
  std::vector<std::pair<std::string, Match>> matches;
  for (const Option& option : options_)
    for (const std::string& candidate : option.names) {
      if (candidate == word) return std::optional(Match{&option, {}});
      if (candidate == name) return std::optional(Match{&option, joined});
      if (candidate.starts_with(name)) matches.push_back({candidate, {&option, joined}});
      // -j4
      if (candidate.size() == 2 && word[1] != '-' && word.starts_with(candidate)) matches.push_back({candidate, {&option, word.substr(2)}});
    }
  if (matches.empty()) return std::optional<Match>();
  if (matches.size() == 1) return std::optional(matches[0].second);
  std::vector<std::string> names;
  for (const auto& match : matches) names.push_back(match.first);
  return usage_error(fmt::format("ambiguous option: {} could match {}", word, fmt::join(names, ", ")));
}

Result<ArgumentParser::Kind> ArgumentParser::kind_of(const std::string& word) const {
  if (word.size() < 2 || word[0] != '-') return Kind{};
  OCTET_ASSIGN(std::optional<Match> match, find(word));
  if (!match && (is_negative_number(word) || word.find(' ') != std::string::npos)) return Kind{};
  return Kind{true, std::move(match)};
}

// All words are looked at before the first is taken, as argparse does: an ambiguous one is told before anything else. What follows "--" is
// no option and no value, and so nothing that these tools take.
Status ArgumentParser::parse(std::span<const std::string> words) {
  const auto end = static_cast<std::size_t>(std::ranges::find(words, "--") - words.begin());
  std::vector<Kind> kinds;
  for (const std::string& word : words.first(end)) {
    OCTET_ASSIGN(Kind kind, kind_of(word));
    kinds.push_back(std::move(kind));
  }
  std::vector<const Option*> given;
  std::vector<std::string> unrecognized;
  for (std::size_t i = 0; i < end;) {
    const std::optional<Match>& match = kinds[i].match;
    const std::string& word = words[i++];
    if (!match) {
      unrecognized.push_back(word);
      continue;
    }
    std::size_t count = 0;
    for (const std::size_t most = std::min(most_values(*match->option, match->joined.has_value()), end - i);
         count < most && !kinds[i + count].is_option;)
      ++count;
    OCTET_ASSIGN(const std::vector<std::string> values, values_of(*match->option, match->joined, words.subspan(i, count)));
    i += count;
    OCTET_RETURN_IF_ERROR(take(*match->option, values));
    if (help_is_asked_) return {};
    given.push_back(match->option);
  }
  unrecognized.insert(unrecognized.end(), words.begin() + static_cast<std::ptrdiff_t>(end), words.end());
  std::vector<std::string> missing;
  for (const Option& option : options_)
    if (option.required && std::ranges::find(given, &option) == given.end()) missing.push_back(all_names(option));
  if (!missing.empty()) return usage_error(fmt::format("the following arguments are required: {}", fmt::join(missing, ", ")));
  if (!unrecognized.empty()) return usage_error(fmt::format("unrecognized arguments: {}", fmt::join(unrecognized, " ")));
  return {};
}

std::string ArgumentParser::usage() const {
  std::vector<std::string> words;
  for (const Option& option : options_) {
    const std::string text = with_value(option, option.names[0]);
    words.push_back(option.required ? text : "[" + text + "]");
  }
  const std::string start = "usage: " + program_;
  return wrapped(start, words, start.size() + 1);
}

std::string ArgumentParser::help() const {
  constexpr std::size_t kColumn = 24;
  std::string text = usage() + "\n";
  if (!description_.empty()) text += description_ + "\n\n";
  text += "options:\n";
  for (const Option& option : options_) {
    std::vector<std::string> names;
    for (const std::string& name : option.names) names.push_back(with_value(option, name));
    std::string line = fmt::format("  {}", fmt::join(names, ", "));
    if (line.size() + 2 > kColumn) {
      text += line + "\n";
      line.clear();
    }
    line.resize(kColumn, ' ');
    text += wrapped(std::move(line), split_at_blanks(option.help), kColumn);
  }
  return text;
}

Take set_true(bool& target) {
  return [&target](std::span<const std::string>) -> Status {
    target = true;
    return {};
  };
}

Take store(std::string& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = values[0];
    return {};
  };
}

Take store(std::optional<std::string>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = values[0];
    return {};
  };
}

Take store_all(std::vector<std::string>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target.assign(values.begin(), values.end());
    return {};
  };
}

Take append(std::vector<std::string>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target.insert(target.end(), values.begin(), values.end());
    return {};
  };
}

Take store_integer(std::optional<std::int64_t>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = parse_number<std::int64_t>(values[0]);
    if (!target) return usage_error("invalid int value: '" + values[0] + "'");
    return {};
  };
}

Take store_number(std::optional<double>& target) {
  return [&target](std::span<const std::string> values) -> Status {
    target = parse_number<double>(values[0]);
    if (!target) return usage_error("invalid float value: '" + values[0] + "'");
    return {};
  };
}

}  // namespace octet::commands
