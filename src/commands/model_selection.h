#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "commands/argument_parser.h"
#include "zoo/zoo_model.h"

namespace octet::commands {

// What the omz_ commands say on which models they work.
struct ModelSelection {
  std::optional<std::string> names;  // patterns that commas separate
  std::optional<std::string> list;   // a file of patterns
  bool all = false, print_all = false;
  std::optional<std::string> models_root;
};

// Adds --name, --list, --all, --print_all and --models_root; `deed` is what is done to the models, for the help: "download".
// `selection` must outlive the parser.
void add_selection_options(ArgumentParser& parser, ModelSelection& selection, const std::string& deed);

// The folder of the models that are selected from: --models_root, or `models` of the checkout of the Open Model Zoo that the environment
// variable OMZ_ROOT names. Empty: those that the program carries.
std::filesystem::path models_root(const ModelSelection& selection);

// dataset_definitions.yml of the checkout that the models root belongs to; empty where there is none.
std::filesystem::path dataset_definitions(const ModelSelection& selection);

// The selected models. kInvalidArgument for a command line that selects none or by two options; otherwise errors of load_models() and
// select_models(), worded as upstream words them.
Result<std::vector<ZooModel>> selected_models(const ModelSelection& selection);

// Precisions that commas separate, in byte order; all that are known where nothing is given. kInvalidArgument, worded as upstream words
// it, for one that is not in `known`.
Result<std::vector<std::string>> parse_precisions(const std::optional<std::string>& words, std::span<const std::string_view> known);

// All precisions that models of the Open Model Zoo have.
std::span<const std::string_view> known_precisions();

// Prints what is wrong with a command line, as argparse does, and returns 2.
int print_usage_error(const ArgumentParser& parser, const Error& error);

// Reads a command line, prints help, names of models or what is wrong with it where that is what it asks for, and otherwise runs `work` on
// the selected models. Returns the exit status: 1 with the message where models cannot be read or found, 2 for a wrong command line.
int run_on_models(ArgumentParser& parser, std::span<const std::string> words, const ModelSelection& selection,
                  const std::function<int(const std::vector<ZooModel>&)>& work,
                  const std::function<int(const ArgumentParser&, const Error&)>& usage_error = print_usage_error);

}  // namespace octet::commands
