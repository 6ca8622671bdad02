#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace octet::commands {

// How many words follow an option.
enum class Arity { kNone, kOptional, kOne, kOneOrMore };

// One option of a command line.
struct Option {
  std::vector<std::string> names;  // with their dashes: {"-o", "--output_dir"}, {"-niter"}
  Arity arity = Arity::kOne;
  std::string metavar = {};  // what help calls its value
  std::string help = {};
  std::vector<std::string> choices = {};  // the values that there are; empty: any
  bool required = false;

  // Takes the words that followed, as many as `arity` says. An option that is given twice is taken twice.
  // An error's message is put behind "argument -o/--output_dir: ".
  std::function<Status(std::span<const std::string> values)> take = {};
};

// A command line as Python's argparse reads it, on which the Open Model Zoo's tools and their users' scripts depend: long options may be
// cut short as long as no other begins so, single-dash options may have long names (-niter 10), values may be joined (--name=x, -j4), and
// errors are worded as argparse words them. `--help` and `-h` are there without being added.
class ArgumentParser {
 public:
  ArgumentParser(std::string program, std::string description);

  void add(Option option);

  // Reads the words behind the program's name. kInvalidArgument, with argparse's message, for what cannot be read; options that
  // were read before it have taken their values.
  Status parse(std::span<const std::string> words);

  // Whether the words asked for help; parse() then ends there.
  bool help_is_asked() const { return help_is_asked_; }

  const std::string& program() const { return program_; }
  std::string usage() const;  // "usage: ...", some lines
  std::string help() const;   // usage and a line or two for each option

 private:
  struct Match;
  struct Kind;
  Result<std::optional<Match>> find(const std::string& word) const;
  Result<Kind> kind_of(const std::string& word) const;

  std::string program_, description_;
  std::vector<Option> options_;
  bool help_is_asked_ = false;
};

// What an option does with its value. The targets must outlive the parser.
std::function<Status(std::span<const std::string>)> set_true(bool& target);
std::function<Status(std::span<const std::string>)> store(std::string& target);
std::function<Status(std::span<const std::string>)> store(std::optional<std::string>& target);
std::function<Status(std::span<const std::string>)> store_all(std::vector<std::string>& target);  // of the last time that it is given
std::function<Status(std::span<const std::string>)> append(std::vector<std::string>& target);
std::function<Status(std::span<const std::string>)> store_integer(std::optional<std::int64_t>& target);
std::function<Status(std::span<const std::string>)> store_number(std::optional<double>& target);

}  // namespace octet::commands
