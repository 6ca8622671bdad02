#include "commands/argument_parser.h"

#include <gtest/gtest.h>

namespace octet::commands {
namespace {

struct Values {
  std::optional<std::string> name, output, format, hint;
  std::vector<std::string> models, extra;
  std::optional<std::int64_t> jobs, iterations, requests;
  bool all = false;
};

class ArgumentParserTest : public testing::Test {
 protected:
  ArgumentParserTest() {
    parser_.add({.names = {"--name"}, .metavar = "PAT", .help = "which", .take = store(values_.name)});
    parser_.add({.names = {"--all"}, .arity = Arity::kNone, .help = "all of them", .take = set_true(values_.all)});
    parser_.add({.names = {"-o", "--output_dir"}, .metavar = "DIR", .help = "where to", .take = store(values_.output)});
    parser_.add({.names = {"--progress_format"}, .help = "how", .choices = {"text", "json"}, .take = store(values_.format)});
    parser_.add(
        {.names = {"-m", "--models"}, .arity = Arity::kOneOrMore, .metavar = "M", .help = "folders", .take = store_all(values_.models)});
    parser_.add({.names = {"--add_mo_arg"}, .metavar = "ARG", .help = "more", .take = append(values_.extra)});
    parser_.add({.names = {"-j", "--jobs"}, .metavar = "N", .help = "at a time", .take = store_integer(values_.jobs)});
    parser_.add({.names = {"-niter"}, .metavar = "N", .help = "times", .take = store_integer(values_.iterations)});
    parser_.add({.names = {"-nireq"}, .metavar = "N", .help = "requests", .take = store_integer(values_.requests)});
  }

  // What parse() says of the words: nothing, or its message.
  std::string parse(const std::vector<std::string>& words) {
    const Status status = parser_.parse(words);
    return status.ok() ? "" : status.error().message;
  }

  Values values_;
  ArgumentParser parser_{"tool", "does something"};
};

TEST_F(ArgumentParserTest, TakesValuesInEveryForm) {
  EXPECT_EQ(parse({"--name", "a b", "--all", "-o=x", "--progress_format=json", "-m", "m1", "m2", "-j4", "-niter", "10",
                   "--add_mo_arg=--one", "--add_mo_arg=--two"}),
            "");
  EXPECT_EQ(values_.name, "a b");
  EXPECT_TRUE(values_.all);
  EXPECT_EQ(values_.output, "x");
  EXPECT_EQ(values_.format, "json");
  EXPECT_EQ(values_.models, (std::vector<std::string>{"m1", "m2"}));
  EXPECT_EQ(values_.jobs, 4);
  EXPECT_EQ(values_.iterations, 10);
  EXPECT_EQ(values_.extra, (std::vector<std::string>{"--one", "--two"}));
}

TEST_F(ArgumentParserTest, TakesLongOptionsThatAreCutShort) {
  EXPECT_EQ(parse({"--nam", "x", "--output", "dir", "--prog=text", "-nit", "3"}), "");
  EXPECT_EQ(values_.name, "x");
  EXPECT_EQ(values_.output, "dir");
  EXPECT_EQ(values_.format, "text");
  EXPECT_EQ(values_.iterations, 3);
}

TEST_F(ArgumentParserTest, TakesNegativeNumbersAndWordsWithBlanksForValues) {
  EXPECT_EQ(parse({"-j", "-5", "--name", "-a b"}), "");
  EXPECT_EQ(values_.jobs, -5);
  EXPECT_EQ(values_.name, "-a b");
}

TEST_F(ArgumentParserTest, SaysWhatArgparseSays) {
  EXPECT_EQ(parse({"--no_such"}), "unrecognized arguments: --no_such");
  EXPECT_EQ(parse({"word", "--all", "other"}), "unrecognized arguments: word other");
  EXPECT_EQ(parse({"-ni", "3"}), "ambiguous option: -ni could match -niter, -nireq");
  EXPECT_EQ(parse({"--name"}), "argument --name: expected one argument");
  EXPECT_EQ(parse({"--name", "--all"}), "argument --name: expected one argument");
  EXPECT_EQ(parse({"-m"}), "argument -m/--models: expected at least one argument");
  EXPECT_EQ(parse({"--all=yes"}), "argument --all: ignored explicit argument 'yes'");
  EXPECT_EQ(parse({"-j", "x"}), "argument -j/--jobs: invalid int value: 'x'");
  EXPECT_EQ(parse({"--progress_format", "xml"}), "argument --progress_format: invalid choice: 'xml' (choose from 'text', 'json')");
}

TEST_F(ArgumentParserTest, LooksAtAllWordsFirst) {
  EXPECT_EQ(parse({"--name", "-ni", "3"}), "ambiguous option: -ni could match -niter, -nireq");
  EXPECT_EQ(parse({"-j", "x", "-ni"}), "ambiguous option: -ni could match -niter, -nireq");
  EXPECT_EQ(parse({"-o b", "--all"}), "");
  EXPECT_EQ(values_.output, " b") << "joined to a short option, with its blank";
}

TEST_F(ArgumentParserTest, TakesNothingBehindTwoDashes) {
  EXPECT_EQ(parse({"--name", "a", "--", "x", "-ni"}), "unrecognized arguments: -- x -ni");
  EXPECT_EQ(parse({"--all", "--"}), "unrecognized arguments: --");
  EXPECT_EQ(parse({"--name", "--", "x"}), "argument --name: expected one argument");
}

TEST_F(ArgumentParserTest, KnowsNegativeNumbers) {
  for (const std::string number : {"-5", "-15", "-1.5", "-.5"}) EXPECT_EQ(parse({"--name", number}), "") << number;
  for (const std::string none : {"-1.", "-1.2.3", "-1e5", "-5-", "-."})
    EXPECT_EQ(parse({"--name", none}), "argument --name: expected one argument") << none;
}

TEST_F(ArgumentParserTest, TakesAValueThatMayBeLeftOut) {
  ArgumentParser parser("tool", "");
  std::vector<std::string> found;
  parser.add({.names = {"-pc"}, .arity = Arity::kOptional, .metavar = "B", .take = [&](std::span<const std::string> values) -> Status {
                found.push_back(values.empty() ? "none" : values[0]);
                return {};
              }});
  EXPECT_TRUE(parser.parse(std::vector<std::string>{"-pc", "-pc", "false", "-pc=true"}).ok());
  EXPECT_EQ(found, (std::vector<std::string>{"none", "false", "true"}));
  EXPECT_NE(parser.usage().find("[-pc [B]]"), std::string::npos);
}

TEST_F(ArgumentParserTest, MissesWhatIsRequired) {
  ArgumentParser parser("tool", "");
  std::string value;
  parser.add({.names = {"-c", "--config"}, .metavar = "F", .help = "file", .required = true, .take = store(value)});
  const Status status = parser.parse({});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "the following arguments are required: -c/--config");
  EXPECT_NE(parser.usage().find(" -c F"), std::string::npos);
}

TEST_F(ArgumentParserTest, ShowsEveryOptionInItsHelp) {
  EXPECT_EQ(parse({"--all", "--help", "--no_such"}), "");
  EXPECT_TRUE(parser_.help_is_asked());
  const std::string help = parser_.help();
  for (const char* text : {"usage: tool [-h] [--name PAT] [--all]", "does something", "-o DIR, --output_dir DIR",
                           "--progress_format {text,json}", "M [M ...]"})
    EXPECT_NE(help.find(text), std::string::npos) << text << "\n" << help;
}

}  // namespace
}  // namespace octet::commands
