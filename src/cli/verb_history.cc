// octet history and octet compare: runs that --history kept.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/verb.h"
#include "history/history.h"
#include "report/trend.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path file, page;
  std::vector<std::int64_t> runs;  // to compare
};

// What another program wrote into a row need not be JSON.
Json json_of(const std::string& text) {
  constexpr int kDeepest = 64;
  const auto is_shallow = [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; };
  const Json json = Json::parse(text, is_shallow, false);
  return json.is_discarded() ? Json(nullptr) : json;
}

Json to_json(const HistoryRun& run) {
  return {{"id", run.id},
          {"at", run.at},
          {"verb", run.verb},
          {"status", run.status},
          {"version", run.version},
          {"machine", run.machine},
          {"cpu", run.cpu},
          {"isa", run.isa},
          {"models", json_of(run.models)},
          {"arguments", json_of(run.arguments)},
          {"figures", json_of(run.figures)}};
}

// The figures by which runs are told apart, by their places in what the verbs say.
struct Column {
  const char* title;
  std::vector<const char*> places;  // the first that there is
  double scale;
  bool rises;  // more is better
};

const std::vector<Column>& columns() {
  static const std::vector<Column> all{{"AP", {"/models/0/AP", "/check/models/0/AP", "/AP"}, 100, true},
                                       {"INT8 AP", {"/models/1/AP", "/check/models/1/AP"}, 100, true},
                                       {"fidelity", {"/fidelity", "/check/fidelity"}, 100, true},
                                       {"ms", {"/models/0/median_ms", "/bench/models/0/median_ms"}, 1, false},
                                       {"INT8 ms", {"/models/1/median_ms", "/bench/models/1/median_ms"}, 1, false},
                                       {"MB", {"/models/0/file_bytes", "/check/models/0/file_bytes"}, 1e-6, false},
                                       {"INT8 MB", {"/models/1/file_bytes", "/check/models/1/file_bytes"}, 1e-6, false}};
  return all;
}

// None for what is not defined either, which is -1.
std::optional<double> figure_in(const Json& figures, const Column& column) {
  for (const char* place : column.places)
    if (const Json::json_pointer pointer(place); figures.contains(pointer) && figures[pointer].is_number() && figures[pointer] >= 0)
      return column.scale * figures[pointer].get<double>();
  return std::nullopt;
}

std::string names_of(const Json& models) {
  std::string names;
  for (const Json& model : models)
    if (model.is_string()) names += (names.empty() ? "" : ", ") + std::filesystem::path(model.get<std::string>()).filename().string();
  return names;
}

// The names of the models, or of files of results.
std::string models_of(const HistoryRun& run) {
  const std::string names = names_of(json_of(run.models));
  const Json arguments = json_of(run.arguments);
  return names.empty() && arguments.is_object() ? names_of(arguments.value("--results", Json::array())) : names;
}

std::string table_of(const std::vector<HistoryRun>& runs) {
  std::string text = fmt::format("{:>5} {:<20} {:<9} {:>6}", "id", "at", "verb", "status");
  for (const Column& column : columns()) text += fmt::format(" {:>9}", column.title);
  text += " models";
  for (const HistoryRun& run : runs) {
    text += fmt::format("\n{:>5} {:<20} {:<9} {:>6}", run.id, run.at, run.verb, run.status);
    const Json figures = json_of(run.figures);
    for (const Column& column : columns()) {
      const auto figure = figure_in(figures, column);
      text += fmt::format(" {:>9}", figure ? fmt::format("{:.2f}", *figure) : "-");
    }
    text += " " + models_of(run);
  }
  return text;
}

// Whether an option may change the figures of a verb.
bool decides(const std::string& option, const std::string& verb) {
  constexpr std::array kNothing = {"model",    "--results", "--history", "--junit",        "--require", "--output",
                                   "--resume", "--shard",   "--parts",   "--label-errors", "--curves",  "--explain"};
  const bool is_of_latency = verb == "bench" || verb == "run";
  return std::ranges::find(kNothing, option) == kNothing.end() && (is_of_latency || option != "--threads");
}

// "check, --data coco, --limit 20".
std::string way_of(const HistoryRun& run) {
  std::string way = run.verb;
  const Json arguments = json_of(run.arguments);
  for (const auto& [option, words] : arguments.items()) {
    if (!decides(option, run.verb)) continue;
    way += ", " + option;
    for (const Json& word : words)
      if (word.is_string()) way += " " + word.get<std::string>();
  }
  return way;
}

// Runs of the same models on the same machine that were measured in the same way: others say nothing of what became worse.
using Subject = std::tuple<std::string, std::string, std::string>;
using LinesOfSubjects = std::map<Subject, std::vector<TrendLine>>;

Subject subject_of(const HistoryRun& run) {
  return {models_of(run), fmt::format("{}: {}, {}", run.machine, run.cpu, run.isa), way_of(run)};
}

void add_point(const HistoryRun& run, const std::string& figure, bool rises, double value, LinesOfSubjects& of_subject) {
  const Subject subject = subject_of(run);
  const auto& [models, machine, way] = subject;
  std::vector<TrendLine>& lines = of_subject[subject];
  auto line = std::ranges::find(lines, figure, &TrendLine::figure);
  if (line == lines.end()) line = lines.insert(line, {models, machine, way, figure, 2, rises, {}});
  line->points.push_back({run.id, run.at, value});
}

// Those of a subject one after another.
std::vector<TrendLine> in_a_row(const LinesOfSubjects& of_subject) {
  std::vector<TrendLine> all;
  for (const auto& [subject, lines] : of_subject) all.insert(all.end(), lines.begin(), lines.end());
  return all;
}

std::vector<TrendLine> trends_of(const std::vector<HistoryRun>& runs) {
  LinesOfSubjects of_subject;
  for (const HistoryRun& run : runs) {
    const Json figures = json_of(run.figures);
    for (const Column& column : columns())
      if (const auto figure = figure_in(figures, column)) add_point(run, column.title, column.rises, *figure, of_subject);
  }
  return in_a_row(of_subject);
}

// AP of each class, in points, by the last model of a run.
std::vector<TrendLine> classes_of(const std::vector<HistoryRun>& runs) {
  LinesOfSubjects of_subject;
  for (const HistoryRun& run : runs) {
    const Json figures = json_of(run.figures);
    for (const char* place : {"/models", "/check/models"}) {
      const Json::json_pointer pointer(place);
      if (!figures.contains(pointer) || !figures[pointer].is_array() || figures[pointer].empty()) continue;
      const Json last = figures[pointer].back();
      if (!last.is_object()) continue;
      for (const Json& category : last.value("categories", Json::array())) {
        if (!category.is_object() || !category.contains("AP") || !category["AP"].is_number() || category["AP"] < 0) continue;
        if (!category.contains("name") || !category["name"].is_string()) continue;
        add_point(run, category["name"].get<std::string>(), true, 100 * category["AP"].get<double>(), of_subject);
      }
    }
  }
  return in_a_row(of_subject);
}

Json falls_in(const std::vector<TrendLine>& classes) {
  Json falls = Json::array();
  for (const TrendLine& line : classes)
    if (const auto fall = first_fall(line, kFallOfClass))
      falls.push_back({{"models", line.models},
                       {"machine", line.machine},
                       {"way", line.way},
                       {"class", line.figure},
                       {"run", fall->first.run},
                       {"at", fall->first.at},
                       {"best", fall->best / 100},
                       {"AP", fall->first.value / 100},
                       {"last", fall->last.value / 100}});
  return falls;
}

Result<Outcome> list(const Options& options) {
  OCTET_ASSIGN(const auto runs, read_history(options.file));
  const std::vector<TrendLine> classes = classes_of(runs);
  if (!options.page.empty())
    OCTET_RETURN_IF_ERROR(write_file(options.page, render_trend(options.file.filename().string(), trends_of(runs), classes)));
  Outcome outcome{{{"runs", Json::array()}, {"falls", falls_in(classes)}}, table_of(runs)};
  for (const HistoryRun& run : runs) outcome.json["runs"].push_back(to_json(run));
  if (!options.page.empty()) outcome.json["page"] = options.page.string();
  return outcome;
}

Result<HistoryRun> find_run(const std::vector<HistoryRun>& runs, std::int64_t id, const std::filesystem::path& file) {
  const auto found = std::ranges::find(runs, id, &HistoryRun::id);
  if (found == runs.end()) return Error{ErrorCode::kNotFound, fmt::format("{}: has no run {}", file.string(), id)};
  return *found;
}

// What a list has names for by these, as another run may have others, or in another order.
Json by_name(const Json& figures) {
  Json named = figures.is_array() ? Json::object() : figures;
  for (const auto& [key, value] : figures.items()) {
    const bool has_name = figures.is_array() && value.is_object() && value.contains("name") && value["name"].is_string();
    if (figures.is_array() && (!has_name || named.contains(value["name"]))) {
      named = figures;
      break;
    }
    if (has_name) named[value["name"].get<std::string>()] = value;
  }
  for (auto& value : named)
    if (value.is_structured()) value = by_name(value);
  return named;
}

Json figures_of(const HistoryRun& run) { return by_name(json_of(run.figures)).flatten(); }

// An AP or AR of -1 is none.
std::optional<double> defined(const std::string& place, const Json& value) {
  const std::string name = place.substr(place.rfind('/') + 1);
  const bool can_be_undefined = name.starts_with("AP") || name.starts_with("AR");
  return can_be_undefined && value == -1 ? std::nullopt : std::optional(value.get<double>());
}

std::string in_column(const std::optional<double>& value) { return value ? fmt::format("{:.6g}", *value) : "-"; }

// What the runs differ in beside their figures, which may come of that.
std::vector<std::string> other_conditions(const HistoryRun& first, const HistoryRun& second) {
  const Subject a = subject_of(first), b = subject_of(second);
  std::vector<std::string> lines;
  const auto add = [&](std::string_view what, const std::string& one, const std::string& other) {
    if (one != other) lines.push_back(fmt::format("other {}: {} | {}", what, one, other));
  };
  add("models", std::get<0>(a), std::get<0>(b));
  add("machine", std::get<1>(a), std::get<1>(b));
  add("way to measure", std::get<2>(a), std::get<2>(b));
  return lines;
}

// Every number that both have, by its place.
Result<Outcome> compare(const Options& options) {
  OCTET_ASSIGN(const auto runs, read_history(options.file));
  OCTET_ASSIGN(const HistoryRun first, find_run(runs, options.runs[0], options.file));
  OCTET_ASSIGN(const HistoryRun second, find_run(runs, options.runs[1], options.file));
  const Json own = figures_of(first), others = figures_of(second);
  Json figures = Json::array();
  std::string changes;
  for (const auto& [place, value] : own.items()) {
    const auto found = others.find(place);
    if (found == others.end() || !value.is_number() || !found->is_number() || place.ends_with("/id")) continue;
    const auto before = defined(place, value), after = defined(place, *found);
    const auto change = before && after ? std::optional(*after - *before) : std::nullopt;
    figures.push_back({{"figure", place.substr(1)}, {"first", value}, {"second", *found}, {"change", change ? Json(*change) : Json()}});
    if (before != after)
      changes += fmt::format("\n{:<32} {:>14} {:>14} {:>14}", place.substr(1), in_column(before), in_column(after),
                             change ? fmt::format("{:+.6g}", *change) : "-");
  }
  const std::vector<std::string> conditions = other_conditions(first, second);
  std::string text;
  for (const std::string& line : conditions) text += line + "\n";
  if (!changes.empty())
    text += fmt::format("{:<32} {:>14} {:>14} {:>14}", "figure", first.id, second.id, "change") + changes;
  else
    text += figures.empty() ? "the runs have no figure in common" : "no figure has changed";
  return Outcome{{{"first", first.id}, {"second", second.id}, {"other", conditions}, {"figures", figures}}, text};
}

}  // namespace

Run add_history(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("history", "List the runs that --history kept");
  verb->footer("Example: octet history runs.db --page trend.html");
  verb->add_option("file", options->file, "What --history of check, bench, quantize, run or merge named")->required();
  verb->add_option("--page", options->page, "Write a page of how the figures of each model on each machine went (.html)");
  return [options](Console&) { return list(*options); };
}

Run add_compare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("compare", "Compare the figures of two runs that --history kept");
  verb->footer("Example: octet compare 3 7 --history runs.db");
  verb->add_option("run", options->runs, "Their ids, as octet history lists them")->required()->expected(2);
  verb->add_option("--history", options->file, "Where they were kept")->required();
  return [options](Console&) { return compare(*options); };
}

}  // namespace octet::cli
