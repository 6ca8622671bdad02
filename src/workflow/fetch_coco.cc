#include "workflow/fetch_coco.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/parallel.h"
#include "base/posix_file.h"
#include "base/thread_annotations.h"
#include "data/json_records.h"
#include "download/archive.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAnnotationsArchive = "annotations_trainval2017.zip";
constexpr std::int64_t kAnnotationsArchiveBytes = 252'907'541;
constexpr ArchiveLimits kLimits{.entries = 200'000, .bytes = std::int64_t{64} << 30};
constexpr std::size_t kMaxAnnotationBytes = std::size_t{1} << 30;
constexpr std::int64_t kMaxImageBytes = std::int64_t{64} << 20;

struct Part {
  const char* name;
  std::int64_t archive_bytes;
};
constexpr Part kParts[] = {{"val2017", 815'585'330}, {"train2017", 19'336'861'798}};

Error write_error(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(error)};
}

// Writes beside and renames. Not synced, unlike write_file(): with a hundred thousand images that is done once for all of them.
Status write_unsynced(const fs::path& path, const std::function<Status(const ArchiveEntry::Sink&)>& read) {
  const fs::path fresh = path.parent_path() / ("." + path.filename().string() + ".part");
  posix::File file;
  if (const int error = posix::open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, file, 0644); error != 0)
    return write_error(path, error);
  Status written = read([&](std::span<const std::byte> bytes) -> Status {
    const int error = posix::write_all(file, bytes);
    return error == 0 ? Status() : write_error(path, error);
  });
  int error = file.close();
  if (written.ok() && error == 0) error = posix::rename(fresh, path);
  if (written.ok() && error == 0) return {};
  (void)posix::unlink(fresh);
  return written.ok() ? write_error(path, error) : written;
}

Status sync_file_system(const fs::path& folder) {
  posix::File handle;
  int error = posix::open(folder, O_RDONLY | O_DIRECTORY, handle);
  if (error == 0 && ::syncfs(handle.descriptor()) != 0) error = errno;
  return error == 0 ? Status() : write_error(folder, error);
}

Result<std::vector<std::pair<std::int64_t, std::string>>> images_by_id(const std::string& json) {
  std::vector<std::pair<std::int64_t, std::string>> images;
  const JsonSchema schema{.sections = {"images"}, .fields = {"id", "file_name"}, .stops_early = true};
  OCTET_RETURN_IF_ERROR(parse_json_records(json, schema, [&](std::string_view, std::size_t, const JsonRecord& record) -> Status {
    OCTET_ASSIGN(const std::int64_t id, record.integer("id"));
    OCTET_ASSIGN(std::string name, record.text("file_name"));
    images.emplace_back(id, std::move(name));
    return {};
  }));
  std::ranges::sort(images);
  return images;
}

class Coco {
 public:
  Coco(const FetchCocoOptions& options, const Part& part)
      : options_(options), part_(part), images_(options.output / part.name), annotations_(options.output / "annotations") {}

  Result<DataSource> fetch() {
    OCTET_RETURN_IF_ERROR(fetch_annotations());
    OCTET_RETURN_IF_ERROR(options_.limit > 0 ? fetch_images() : fetch_archive_of_images());
    FileTransaction transaction;
    for (const auto& [name, content] : contents_) OCTET_RETURN_IF_ERROR(transaction.add(annotations_ / name, content));
    OCTET_RETURN_IF_ERROR(transaction.commit());
    DataSource source;
    source.images = {images_};
    source.annotations = annotations_ / instances_name();
    return source;
  }

 private:
  std::string instances_name() const { return fmt::format("instances_{}.json", part_.name); }
  std::string keypoints_name() const { return fmt::format("person_keypoints_{}.json", part_.name); }
  Progress begin(const std::string& step) const { return options_.step ? options_.step(step) : Progress(); }

  std::vector<Source> sources(const std::string& path) const {
    // The second is the same store under a name that has a certificate.
    static const std::vector<std::string> kOwn{"http://images.cocodataset.org", "https://s3.amazonaws.com/images.cocodataset.org"};
    std::vector<Source> all;
    for (const std::string& address : options_.addresses.empty() ? kOwn : options_.addresses)
      all.emplace_back(UrlSource{address + "/" + path});
    return all;
  }

  // An archive beside the data, taken as it is where one of its size lies there. A mirror's size is not known.
  Status fetch_archive(const std::string& name, const std::string& path, std::int64_t bytes) const {
    RemoteFile file{name, {}, "", sources(path)};
    if (options_.addresses.empty()) file.size_bytes = bytes;
    const fs::path place = options_.output / name;
    const Progress progress = begin(name);
    if (check_file(file, place).ok()) {
      if (progress) progress(1, 1);
      return {};
    }
    FetchOptions fetch = options_.fetch;
    fetch.continue_unchecked = true;
    fetch.unknown_size_limit = kLimits.bytes;
    OCTET_RETURN_IF_ERROR(fetch_file(file, place, fetch, [&](const FetchEvent& event) {
      const auto* received = std::get_if<BytesReceived>(&event);
      if (progress && received != nullptr && file.size_bytes) progress(received->bytes, *file.size_bytes);
    }));
    if (progress) progress(1, 1);
    return {};
  }

  // An archive that is damaged is of no use for the next run either.
  Status without_damaged(const std::string& name, const Status& unpacked) const {
    if (!unpacked.ok() && unpacked.error().code == ErrorCode::kMalformed) (void)posix::unlink(options_.output / name);
    return unpacked;
  }

  // Reads the annotations of the part into memory.
  Status fetch_annotations() {
    OCTET_RETURN_IF_ERROR(fetch_archive(kAnnotationsArchive, std::string("annotations/") + kAnnotationsArchive, kAnnotationsArchiveBytes));
    std::vector<std::string> wanted{instances_name()};
    if (options_.limit == 0) wanted.push_back(keypoints_name());
    OCTET_RETURN_IF_ERROR(
        without_damaged(kAnnotationsArchive, read_archive(options_.output / kAnnotationsArchive, ArchiveFormat::kZip, kLimits,
                                                          [&](const ArchiveEntry& entry) { return take_annotations(entry, wanted); })));
    if (contents_.empty() || contents_[0].first != instances_name())
      return Error{ErrorCode::kMalformed, fmt::format("{}: has no {}", (options_.output / kAnnotationsArchive).string(), instances_name())};
    if (options_.limit == 0) return {};
    OCTET_ASSIGN_AT(ReducedAnnotations reduced, reduce_annotations(contents_[0].second, options_.limit), instances_name());
    contents_[0].second = std::move(reduced.json);
    file_names_ = std::move(reduced.file_names);
    return {};
  }

  Result<Visit> take_annotations(const ArchiveEntry& entry, const std::vector<std::string>& wanted) {
    const std::string name = fs::path(entry.name).filename().string();
    if (entry.is_folder || std::ranges::count(wanted, name) == 0) return Visit::kContinue;
    std::string text;
    OCTET_RETURN_IF_ERROR(entry.read([&](std::span<const std::byte> bytes) -> Status {
      if (bytes.size() > kMaxAnnotationBytes - text.size()) return Error{ErrorCode::kMalformed, fmt::format("{} is too large", name)};
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    }));
    const auto at = name == instances_name() ? contents_.begin() : contents_.end();
    contents_.insert(at, {name, std::move(text)});
    return contents_.size() == wanted.size() ? Visit::kStop : Visit::kContinue;
  }

  // Each image by its own address.
  Status fetch_images() const {
    const Progress progress = begin(part_.name);
    std::atomic<std::int64_t> done = 0;
    Mutex mutex;
    std::optional<Error> failure;
    parallel_for_each(std::max(1, options_.jobs), file_names_.size(), [&](int, std::size_t i) {
      {
        const MutexLock lock(mutex);
        if (failure) return;
      }
      const Status fetched = fetch_image(file_names_[i]);
      const MutexLock lock(mutex);
      if (!fetched.ok() && !failure) failure = fetched.error();
      if (progress) progress(++done, static_cast<std::int64_t>(file_names_.size()));
    });
    return failure ? Status(*failure) : Status();
  }

  Status fetch_image(const std::string& name) const {
    OCTET_ASSIGN(const fs::path place, place_of_entry(images_, name));
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return {};
    FetchOptions fetch = options_.fetch;
    fetch.unknown_size_limit = kMaxImageBytes;
    return fetch_file({name, {}, "", sources(fmt::format("{}/{}", part_.name, name))}, place, fetch);
  }

  Status fetch_archive_of_images() {
    OCTET_ASSIGN_AT(const auto listed, images_by_id(contents_[0].second), instances_name());
    const bool all_there = std::ranges::all_of(listed, [this](const auto& image) {
      std::error_code ignored;
      const auto place = place_of_entry(images_, image.second);
      return place.ok() && fs::is_regular_file(*place, ignored);
    });
    if (all_there) return {};
    const std::string name = std::string(part_.name) + ".zip";
    OCTET_RETURN_IF_ERROR(fetch_archive(name, "zips/" + name, part_.archive_bytes));
    OCTET_RETURN_IF_ERROR(without_damaged(name, unpack_images(options_.output / name, static_cast<std::int64_t>(listed.size()))));
    (void)posix::unlink(options_.output / name);
    return {};
  }

  Status unpack_images(const fs::path& archive, std::int64_t total) const {
    const Progress progress = begin(fmt::format("unpack {}", archive.filename().string()));
    std::error_code failed;
    fs::create_directories(images_, failed);
    if (failed) return write_error(images_, failed.value());
    std::int64_t done = 0;
    OCTET_RETURN_IF_ERROR(read_archive(archive, ArchiveFormat::kZip, kLimits, [&](const ArchiveEntry& entry) -> Result<Visit> {
      const fs::path inside(entry.name);
      if (entry.is_folder || inside.parent_path() != part_.name) return Visit::kContinue;
      OCTET_ASSIGN(const fs::path place, place_of_entry(images_, inside.filename().string()));
      const Status written = write_unsynced(place, entry.read);
      if (!written.ok()) return written.error();
      if (progress) progress(std::min(++done, total), total);
      return Visit::kContinue;
    }));
    return sync_file_system(images_);
  }

  const FetchCocoOptions& options_;
  const Part& part_;
  const fs::path images_, annotations_;
  std::vector<std::pair<std::string, std::string>> contents_;  // name and text of the files of annotations, the instances first
  std::vector<std::string> file_names_;                        // of the images, where there is a limit
};

}  // namespace

const std::vector<std::string>& coco_parts() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Part& part : kParts) names.emplace_back(part.name);
    return names;
  }();
  return kNames;
}

Result<DataSource> fetch_coco(const FetchCocoOptions& options) {
  const auto* const part = std::ranges::find(kParts, options.part, &Part::name);
  if (part == std::end(kParts)) return Error{ErrorCode::kInvalidArgument, fmt::format("COCO has no part '{}'", options.part)};
  return Coco(options, *part).fetch();
}

Result<ReducedAnnotations> reduce_annotations(const std::string& json, std::int64_t limit) {
  OCTET_ASSIGN(auto images, images_by_id(json));
  images.resize(std::min(images.size(), static_cast<std::size_t>(limit)));
  std::set<std::int64_t> ids;
  ReducedAnnotations reduced;
  for (auto& [id, name] : images) {
    ids.insert(id);
    reduced.file_names.push_back(std::move(name));
  }
  // What is of another image is dropped while it is read, so that the millions of points of its outline take no memory.
  std::string section;
  const auto keep = [&](int depth, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::key && depth == 1) section = value.get<std::string>();
    if (event != Json::parse_event_t::object_end || depth != 2 || (section != "images" && section != "annotations")) return true;
    const auto id = value.find(section == "images" ? "id" : "image_id");
    return id != value.end() && id->is_number_integer() && ids.contains(id->get<std::int64_t>());
  };
  const Json kept = Json::parse(json, keep, false);
  if (kept.is_discarded()) return Error{ErrorCode::kMalformed, "is no JSON"};
  reduced.json = kept.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reduced;
}

}  // namespace octet
