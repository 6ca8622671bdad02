#include "zoo/obtain.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "download/cache.h"
#include "download/postprocess.h"
#include "download/source.h"
#include "base/temporary_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// The bytes of all files together, for one bar.
class TotalProgress {
 public:
  TotalProgress(const ZooModel& model, const Progress& progress) : progress_(progress) {
    for (const RemoteFile& file : model.files) total_ += file.size_bytes.value_or(0);
  }

  void set(const std::string& file, std::int64_t bytes) {
    if (!progress_ || total_ == 0) return;
    const MutexLock lock(mutex_);
    done_ += bytes - std::exchange(bytes_[file], bytes);
    progress_(std::clamp<std::int64_t>(done_, 0, total_), total_);
  }

 private:
  const Progress& progress_;
  std::int64_t total_ = 0;
  Mutex mutex_;
  std::int64_t done_ OCTET_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::int64_t> bytes_ OCTET_GUARDED_BY(mutex_);
};

// A model that is put together in a folder of its own before anything of it is seen.
class Assembly {
 public:
  Assembly(const ZooModel& model, const ObtainOptions& options, FileCache cache, TemporaryFolder work)
      : model_(model),
        options_(options),
        fetch_(options.fetch),
        cache_(std::move(cache)),
        work_(std::move(work)),
        progress_(model, options.progress) {
    fetch_.packages = &packages_;
  }

  Status fetch_all() {
    Mutex mutex;
    std::optional<Error> failure;
    parallel_for_each(std::max(1, options_.jobs), model_.files.size(), [&](int, std::size_t i) {
      const Status fetched = fetch(model_.files[i]);
      const MutexLock lock(mutex);
      if (!fetched.ok() && !failure) failure = fetched.error();
    });
    return failure ? Status(*failure) : Status();
  }

  Status postprocess_all() const {
    for (const Postprocessing& step : model_.postprocessing) OCTET_RETURN_IF_ERROR(postprocess(step, work_.path()));
    return {};
  }

  Status copy_to(const fs::path& folder) const {
    FileTransaction transaction;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(work_.path(), failed), end; !failed && at != end; at.increment(failed)) {
      if (!at->is_regular_file()) continue;
      OCTET_ASSIGN(const MappedFile content, MappedFile::open(at->path()));
      OCTET_RETURN_IF_ERROR(transaction.add(folder / at->path().lexically_relative(work_.path()), content.bytes()));
    }
    if (failed) return Error{ErrorCode::kIo, work_.path().string() + ": cannot be listed: " + failed.message()};
    return transaction.commit();
  }

 private:
  // A file of no stated digest is not kept in the cache, which knows files by theirs.
  Status fetch(const RemoteFile& file) {
    OCTET_ASSIGN(const fs::path place, path_inside(work_.path(), file.name));
    const auto tell = [&](const FetchEvent& event) { show(file, event); };
    if (file.sha384.empty()) return fetch_file(file, place, fetch_, tell);
    OCTET_ASSIGN(const fs::path cached, cache_.get(file, fetch_, tell));
    OCTET_ASSIGN(const MappedFile content, MappedFile::open(cached));
    progress_.set(file.name, static_cast<std::int64_t>(content.bytes().size()));
    std::error_code failed;
    fs::create_directories(place.parent_path(), failed);
    if (!failed) fs::create_hard_link(cached, place, failed);  // nothing writes into a file: post-processing replaces it
    return failed ? write_file(place, content.bytes()) : Status();
  }

  void show(const RemoteFile& file, const FetchEvent& event) {
    if (const auto* received = std::get_if<BytesReceived>(&event)) progress_.set(file.name, received->bytes);
    const auto* begun = std::get_if<SourceBegun>(&event);
    if (begun != nullptr && options_.warn && !file.sources.empty() && begun->source != where_published(file.sources[0]))
      options_.warn(fmt::format("{}: not to be had from the sources before, trying {}", file.name, begun->source));
  }

  const ZooModel& model_;
  const ObtainOptions& options_;
  FetchOptions fetch_;
  FileCache cache_;
  TemporaryFolder work_;
  PackageArchives packages_;
  TotalProgress progress_;
};

Result<FetchedFiles> fetch_model(const ZooModel& model, const fs::path& folder, const ObtainOptions& options) {
  OCTET_ASSIGN(FileCache cache, FileCache::of_user());
  OCTET_ASSIGN(TemporaryFolder work, TemporaryFolder::make(cache.root() / "work"));
  Assembly assembly(model, options, std::move(cache), std::move(work));
  OCTET_RETURN_IF_ERROR(assembly.fetch_all());
  OCTET_RETURN_IF_ERROR(assembly.postprocess_all());
  OCTET_RETURN_IF_ERROR(assembly.copy_to(folder));
  return find_in(model, folder);
}

}  // namespace

Result<FetchedFiles> obtain_model(const ZooModel& model, const fs::path& output_dir, const ObtainOptions& options) {
  if (model.files.empty())
    return Error{ErrorCode::kNotFound, model.name + ": its description names no files; give the file itself, and it with --model"};
  OCTET_ASSIGN(const fs::path folder, path_inside(output_dir, model.subdirectory));
  std::string not_there;
  if (!options.model_dir.empty()) {
    auto copied = fetch_from(model, options.model_dir, output_dir, options.progress);
    if (copied.ok() || copied.error().code != ErrorCode::kNotFound) return copied;
    not_there = copied.error().message + "; ";
  }
  if (auto present = find_in(model, folder); present.ok()) return present;
  auto fetched = fetch_model(model, folder, options);
  if (fetched.ok() || fetched.error().code != ErrorCode::kNotFound) return fetched;
  return Error{ErrorCode::kNotFound, not_there + fetched.error().message};
}

}  // namespace octet
