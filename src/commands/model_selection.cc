#include "commands/model_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "zoo/catalogue.h"
#include "zoo/models_root.h"
#include "zoo/select_models.h"

namespace octet::commands {
namespace fs = std::filesystem;

void add_selection_options(ArgumentParser& parser, ModelSelection& selection, const std::string& deed) {
  parser.add({.names = {"--name"},
              .metavar = "PAT[,PAT...]",
              .help = deed + " only models whose names match at least one of the specified patterns",
              .take = store(selection.names)});
  parser.add({.names = {"--list"},
              .metavar = "FILE.LST",
              .help = deed + " only models whose names match at least one of the patterns in the specified file",
              .take = store(selection.list)});
  parser.add({.names = {"--all"}, .arity = Arity::kNone, .help = deed + " all available models", .take = set_true(selection.all)});
  parser.add(
      {.names = {"--print_all"}, .arity = Arity::kNone, .help = "print all available models", .take = set_true(selection.print_all)});
  parser.add({.names = {"--models_root"},
              .metavar = "DIR",
              .help = "tree of model.yml files to use instead of the models that octet carries",
              .take = store(selection.models_root)});
}

fs::path models_root(const ModelSelection& selection) {
  if (selection.models_root) return *selection.models_root;
  const char* checkout = std::getenv("OMZ_ROOT");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return checkout && *checkout ? fs::path(checkout) / "models" : fs::path();
}

fs::path dataset_definitions(const ModelSelection& selection) {
  const fs::path root = models_root(selection);
  if (root.empty()) return {};
  const fs::path definitions = (root / ".." / "data" / "dataset_definitions.yml").lexically_normal();
  return fs::exists(definitions) ? definitions : fs::path();
}

Result<std::vector<ZooModel>> selected_models(const ModelSelection& selection) {
  const fs::path root = models_root(selection);
  const auto load = [&]() -> Result<std::vector<ZooModel>> { return root.empty() ? zoo_models() : load_models(root); };
  if (selection.print_all) return load();
  const int choices = int{selection.all} + int{selection.names.has_value()} + int{selection.list.has_value()};
  if (choices > 1) return Error{ErrorCode::kInvalidArgument, R"(at most one of "--all", "--name" or "--list" can be specified)"};
  if (choices == 0) return Error{ErrorCode::kInvalidArgument, R"(one of "--print_all", "--all", "--name" or "--list" must be specified)"};
  OCTET_ASSIGN(std::vector<ZooModel> models, load());
  if (selection.all) return models;
  if (selection.names) return select_models(models, split_at_commas(*selection.names));
  OCTET_ASSIGN(const std::vector<std::string> patterns, read_pattern_list(*selection.list));
  return select_models(models, patterns);
}

std::span<const std::string_view> known_precisions() {
  static constexpr std::string_view kKnown[] = {"FP16", "FP16-INT1", "FP16-INT8", "FP32", "FP32-INT1", "FP32-INT8"};
  return kKnown;
}

Result<std::vector<std::string>> parse_precisions(const std::optional<std::string>& words, std::span<const std::string_view> known) {
  if (!words) return std::vector<std::string>(known.begin(), known.end());
  std::vector<std::string> asked = split_at_commas(*words), unknown;
  std::ranges::sort(asked);
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
  std::ranges::copy_if(asked, std::back_inserter(unknown),
                       [&](const std::string& word) { return std::ranges::find(known, word) == known.end(); });
  if (!unknown.empty())
    return Error{ErrorCode::kInvalidArgument, fmt::format("Unknown precisions specified: {}.", fmt::join(unknown, ", "))};
  return asked;
}

int print_usage_error(const ArgumentParser& parser, const Error& error) {
  fmt::print(stderr, "{}{}: error: {}\n", parser.usage(), parser.program(), error.message);
  return 2;
}

int run_on_models(ArgumentParser& parser, std::span<const std::string> words, const ModelSelection& selection,
                  const std::function<int(const std::vector<ZooModel>&)>& work,
                  const std::function<int(const ArgumentParser&, const Error&)>& usage_error) {
  if (const Status read = parser.parse(words); !read.ok()) return usage_error(parser, read.error());
  if (parser.help_is_asked()) {
    fmt::print("{}", parser.help());
    return 0;
  }
  const auto models = selected_models(selection);
  if (!models.ok() && models.error().code == ErrorCode::kInvalidArgument) return usage_error(parser, models.error());
  if (!models.ok()) {
    fmt::print(stderr, "{}\n", models.error().message);
    return 1;
  }
  if (!selection.print_all) return work(*models);
  for (const ZooModel& model : *models) fmt::print("{}\n", model.name);
  return 0;
}

}  // namespace octet::commands
