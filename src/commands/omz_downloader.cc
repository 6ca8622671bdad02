// omz_downloader: the files of the selected models, from their addresses or a cache into the output folder.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "base/files.h"
#include "base/parse_number.h"
#include "commands/command.h"
#include "commands/model_selection.h"
#include "commands/model_work.h"
#include "download/cache.h"
#include "download/postprocess.h"

namespace octet::commands {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
  ModelSelection selection;
  std::optional<std::string> precisions, cache_dir;
  std::string output_dir = fs::current_path().string(), progress_format = "text";
  int attempts = 1, jobs = 1;
};

std::function<Status(std::span<const std::string>)> store_positive(int& target) {
  return [&target](std::span<const std::string> values) -> Status {
    const auto number = parse_number<int>(values[0]);
    if (!number || *number <= 0) return Error{ErrorCode::kInvalidArgument, fmt::format("must be a positive integer (got '{}')", values[0])};
    target = *number;
    return {};
  };
}

void add_options(ArgumentParser& parser, Options& options) {
  add_selection_options(parser, options.selection, "download");
  parser.add({.names = {"--precisions"},
              .metavar = "PREC[,PREC...]",
              .help = fmt::format("download only models with the specified precisions; specify one or more of: {}",
                                  fmt::join(known_precisions(), ",")),
              .take = store(options.precisions)});
  parser.add({.names = {"-o", "--output_dir"}, .metavar = "DIR", .help = "path where to save models", .take = store(options.output_dir)});
  parser.add({.names = {"--cache_dir"},
              .metavar = "DIR",
              .help = "directory to use as a cache for downloaded files",
              .take = store(options.cache_dir)});
  parser.add({.names = {"--num_attempts"},
              .metavar = "N",
              .help = "attempt each download up to N times",
              .take = store_positive(options.attempts)});
  parser.add({.names = {"--progress_format"},
              .help = "which format to use for progress reporting",
              .choices = {"text", "json"},
              .take = store(options.progress_format)});
  parser.add({.names = {"-j", "--jobs"},
              .metavar = "N",
              .help = "how many downloads to perform concurrently",
              .take = store_positive(options.jobs)});
}

// What the old command prints of one file while it comes.
class FileReport {
 public:
  FileReport(const Reporter& reporter, const std::string& model, const RemoteFile& file, const fs::path& place)
      : reporter_(reporter), model_(model), file_(file), place_(place) {}

  void begin() const {
    event("model_file_download_begin", "size", file_.size_bytes ? Reporter::Json(*file_.size_bytes) : Reporter::Json());
  }
  void end(bool successful) const { event("model_file_download_end", "successful", successful); }

  void operator()(const FetchEvent& fetch_event) {
    std::visit([this](const auto& one) { show(one); }, fetch_event);
  }

 private:
  void event(std::string_view type, std::string_view key, Reporter::Json value) const {
    reporter_.event(type, {{"model", model_}, {"model_file", fs::path(file_.name).generic_string()}, {key, std::move(value)}});
  }

  void show(const FoundInCache&) const { reporter_.section_heading(fmt::format("Retrieving {} from the cache", place_.string())); }
  void show(const CacheRefused&) const {
    reporter_.line("Will retry from the original source.");
    reporter_.line();
  }
  void show(const WaitingForOther&) const { reporter_.line("Another process downloads the same file, waiting for it"); }
  void show(const SourceBegun& begun) {
    if (sources_++ == 0)
      reporter_.section_heading("Downloading " + place_.string());
    else
      reporter_.line("Will try " + begun.source);
  }

  void show(const BytesReceived& received) {
    if (!transfer_begun_) transfer_begun_ = Clock::now();
    if (!last_ || last_->bytes > received.bytes) shown_bytes_ = received.begun_at;
    last_ = received;
    if (received.bytes - shown_bytes_ >= chunk_bytes()) show_progress();
  }
  void show(const TransferEnded&) {
    if (last_ && last_->bytes != shown_bytes_) show_progress();
    reporter_.end_progress();
    transfer_begun_.reset();
    last_.reset();
  }

  void show(const RetryDelayed& retry) const {
    reporter_.line(fmt::format("Will retry in {} seconds...", std::chrono::duration_cast<std::chrono::seconds>(retry.delay).count()));
  }
  void show(const SourceFailed& failed) const {
    if (!failed.cause.empty()) reporter_.cause(failed.cause);
    reporter_.error(failed.problem);
  }
  void show(const DigestDiffers& digests) const {
    reporter_.error(fmt::format("Hash mismatch for \"{}\"", place_.string()));
    reporter_.details("Expected: " + digests.expected);
    reporter_.details("Actual:   " + digests.actual);
  }

  static std::int64_t chunk_bytes() {
    static const std::int64_t bytes = ::isatty(STDOUT_FILENO) != 0 ? 1 << 15 : 1 << 20;
    return bytes;
  }

  void show_progress() {
    shown_bytes_ = last_->bytes;
    const double seconds = std::chrono::duration<double>(Clock::now() - *transfer_begun_).count();
    const auto kilobytes_per_second = static_cast<std::int64_t>(static_cast<double>(last_->bytes - last_->begun_at) / (1024 * seconds));
    const std::string speed = seconds > 0 ? std::to_string(kilobytes_per_second) : "?";
    const std::string percent = file_.size_bytes && *file_.size_bytes > 0 ? std::to_string(last_->bytes * 100 / *file_.size_bytes) : "?";
    reporter_.progress(
        fmt::format("... {}%, {} KB, {} KB/s, {} seconds passed", percent, last_->bytes / 1024, speed, static_cast<std::int64_t>(seconds)));
    event("model_file_download_progress", "size", last_->bytes);
  }

  const Reporter& reporter_;
  const std::string& model_;
  const RemoteFile& file_;
  const fs::path& place_;
  int sources_ = 0;
  std::optional<Clock::time_point> transfer_begun_;
  std::optional<BytesReceived> last_;
  std::int64_t shown_bytes_ = 0;
};

Status copy_to_place(const fs::path& from, const fs::path& to) {
  OCTET_ASSIGN(const MappedFile content, MappedFile::open(from));
  return write_file(to, content.bytes());
}

// Downloads models as the options say. Safe from several threads.
class ModelDownloader {
 public:
  ModelDownloader(const Options& options, std::vector<std::string> precisions)
      : output_dir_(options.output_dir), precisions_(std::move(precisions)) {
    if (options.cache_dir) cache_.emplace(*options.cache_dir);
    fetch_options_.attempts = options.attempts;
    fetch_options_.retry_delay = std::chrono::seconds(10);
    fetch_options_.retry_factor = 1;
    fetch_options_.retry_refusals = true;
    fetch_options_.keep_partial = false;
    fetch_options_.packages = &packages_;
  }

  // Whether all files of the model are there. An error is one after which the old command tries no further model: a file cannot be
  // written, or post-processing fails.
  Result<bool> download(const ZooModel& model, const Reporter& reporter) {
    reporter.group_heading("Downloading " + model.name);
    if (std::ranges::none_of(model.precisions, [this](const std::string& precision) { return asks_for(precision); }))
      return skip(model, fmt::format("model is unsupported in {{'{}'}} precisions", fmt::join(precisions_, "', '")), reporter);
    reporter.event("model_download_begin", {{"model", model.name}, {"num_files", model.files.size()}});
    OCTET_ASSIGN(const bool successful, download_files(model, reporter));
    reporter.event("model_download_end", {{"model", model.name}, {"successful", successful}});
    if (successful && !model.postprocessing.empty()) OCTET_RETURN_IF_ERROR(postprocess_all(model, reporter));
    return successful;
  }

 private:
  bool asks_for(std::string_view precision) const { return std::ranges::find(precisions_, precision) != precisions_.end(); }

  // Files of other precisions lie in folders named by them.
  bool asks_for_file(const std::string& name) const {
    const fs::path path(name);
    const std::string first = path.begin()->string();
    const bool is_of_precision = std::distance(path.begin(), path.end()) == 2 && std::ranges::count(known_precisions(), first) > 0;
    return !is_of_precision || asks_for(first);
  }

  Result<bool> download_files(const ZooModel& model, const Reporter& reporter) {
    for (const RemoteFile& file : model.files) {
      if (!asks_for_file(file.name)) continue;
      OCTET_ASSIGN(const fs::path place, path_inside(output_dir_ / model.subdirectory, file.name));
      FileReport report(reporter, model.name, file, place);
      report.begin();
      const Status fetched = fetch(file, place, report, reporter);
      if (!fetched.ok() && fetched.error().code == ErrorCode::kIo) return fetched.error();
      if (!fetched.ok()) give_up(place, fetched.error(), reporter);
      reporter.line();
      report.end(fetched.ok());
      if (!fetched.ok()) return false;
    }
    return true;
  }

  // What lay in the file's place before is not that file.
  static void give_up(const fs::path& place, const Error& error, const Reporter& reporter) {
    std::error_code ignored;
    fs::remove(place, ignored);
    reporter.cause(error.message);
  }

  Status fetch(const RemoteFile& file, const fs::path& place, FileReport& report, const Reporter& reporter) {
    const OnFetchEvent tell = [&report](const FetchEvent& event) { report(event); };
    if (!cache_ || file.sha384.empty()) return fetch_file(file, place, fetch_options_, tell);
    const auto cached = cache_->get(file, fetch_options_, tell);
    if (cached.ok()) return copy_to_place(*cached, place);
    if (cached.error().code != ErrorCode::kIo) return cached.error();
    reporter.cause(cached.error().message);
    reporter.warning("Failed to update the cache");
    return fetch_file(file, place, fetch_options_, tell);
  }

  Status postprocess_all(const ZooModel& model, const Reporter& reporter) const {
    reporter.event("model_postprocessing_begin", {{"model", model.name}});
    const fs::path folder = output_dir_ / model.subdirectory;
    for (const Postprocessing& step : model.postprocessing) {
      reporter.section_heading(describe(step, folder));
      OCTET_RETURN_IF_ERROR(postprocess(step, folder));
    }
    reporter.event("model_postprocessing_end", {{"model", model.name}});
    reporter.line();
    return {};
  }

  fs::path output_dir_;
  std::vector<std::string> precisions_;
  std::optional<FileCache> cache_;
  PackageArchives packages_;
  FetchOptions fetch_options_;
};

// Nothing is downloaded where the cache that is asked for cannot be.
Status make_cache_folder(const std::optional<std::string>& folder) {
  std::error_code failure;
  if (folder) fs::create_directories(FileCache(*folder).folder(), failure);
  return failure ? Error{ErrorCode::kIo, fmt::format("error: --cache_dir {}: {}", *folder, failure.message())} : Status();
}

int download_selected(const std::vector<ZooModel>& models, const Options& options) {
  const auto precisions = parse_precisions(options.precisions, known_precisions());
  if (!precisions.ok()) return print_and_exit(precisions.error());
  if (const Status made = make_cache_folder(options.cache_dir); !made.ok()) return print_and_exit(made.error());
  const auto format = options.progress_format == "json" ? Reporter::Format::kJson : Reporter::Format::kText;
  ModelDownloader downloader(options, *precisions);
  return work_on_each(models, options.jobs, format,
                      [&](const ZooModel& model, const Reporter& reporter) { return downloader.download(model, reporter); });
}

// As the old command alone does it: the message, and then the whole help.
int print_error_and_help(const ArgumentParser& parser, const Error& error) {
  fmt::print(stderr, "error: {}\n", error.message);
  fmt::print("{}", parser.help());
  return 2;
}

}  // namespace

int run_omz_downloader(std::span<const std::string> words) {
  Options options;
  ArgumentParser parser("omz_downloader", "");
  add_options(parser, options);
  return run_on_models(
      parser, words, options.selection, [&](const std::vector<ZooModel>& models) { return download_selected(models, options); },
      print_error_and_help);
}

}  // namespace octet::commands
