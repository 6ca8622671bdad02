#include "data/file_text.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/files.h"

namespace octet {
namespace {

constexpr std::string_view kGzipMark = "\x1f\x8b", kZstandardMark = "\x28\xb5\x2f\xfd";

// Bytes that grow up to a limit, in place where the system can move pages: a file of gigabytes is never in memory twice.
class GrowingText {
 public:
  explicit GrowingText(std::size_t limit) : limit_(limit) {}

  // Where more bytes may be written; nothing at the limit.
  std::span<char> room() {
    if (size_ == capacity_ && size_ < limit_) grow();
    return {bytes_.get() + size_, capacity_ - size_};
  }
  void add(std::size_t written) { size_ += written; }

  std::size_t limit() const { return limit_; }
  std::size_t size() const { return size_; }
  std::shared_ptr<const void> release() { return std::move(bytes_); }
  const char* data() const { return bytes_.get(); }

 private:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };

  void grow() {
    constexpr std::size_t kFirst = std::size_t{1} << 20;
    capacity_ = std::min(limit_, std::max(kFirst, 2 * capacity_));
    char* grown = static_cast<char*>(std::realloc(bytes_.get(), capacity_));
    if (!grown) throw std::bad_alloc();
    (void)bytes_.release();
    bytes_.reset(grown);
  }

  std::size_t limit_, size_ = 0, capacity_ = 0;
  std::unique_ptr<char, Free> bytes_;
};

Error damaged(std::string_view format, std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("is packed by {} and damaged: {}", format, why)};
}
Error cut_off(std::string_view format) { return {ErrorCode::kMalformed, fmt::format("is packed by {} and cut off", format)}; }
Error bomb(std::string_view format, std::size_t limit) {
  return {ErrorCode::kMalformed,
          fmt::format("is packed by {} and has more than {} bytes unpacked, {} times its size; unpack it first if that is as it should be",
                      format, limit, FileText::kMostPacked)};
}

// --- gzip ---

class Inflater {
 public:
  Inflater() {
    constexpr int kGzipWithLargestWindow = 16 + 15;
    if (inflateInit2(&stream_, kGzipWithLargestWindow) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  // Unpacks from the front of `packed` into `text` and takes off what it read.
  int step(std::string_view& packed, GrowingText& text) {
    constexpr std::size_t kMostAtOnce = std::numeric_limits<uInt>::max();
    const std::span<char> room = text.room();
    const std::size_t offered = std::min(packed.size(), kMostAtOnce), free = std::min(room.size(), kMostAtOnce);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(offered);
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(free);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    packed.remove_prefix(offered - stream_.avail_in);
    text.add(free - stream_.avail_out);
    return code;
  }

  void begin_next_member() { inflateReset(&stream_); }
  std::string_view message() const { return stream_.msg ? stream_.msg : "no reason given"; }

 private:
  z_stream stream_{};
};

// A file may be several members, one behind the other.
Status unpack_gzip(std::string_view packed, GrowingText& text) {
  Inflater inflater;
  for (;;) {
    if (text.room().empty()) return bomb("gzip", text.limit());
    const int code = inflater.step(packed, text);
    if (code == Z_STREAM_END) {
      if (packed.empty()) return {};
      if (!packed.starts_with(kGzipMark)) return damaged("gzip", "something else follows its end");
      inflater.begin_next_member();
    } else if (code == Z_OK || code == Z_BUF_ERROR) {
      if (packed.empty() && !text.room().empty() && code == Z_BUF_ERROR) return cut_off("gzip");
    } else {
      return damaged("gzip", inflater.message());
    }
  }
}

// --- Zstandard ---

Status unpack_zstandard(std::string_view packed, GrowingText& text) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
  if (!stream) throw std::bad_alloc();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (;;) {
    const std::span<char> room = text.room();
    if (room.empty()) return bomb("Zstandard", text.limit());
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t wanted = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(wanted)) return damaged("Zstandard", ZSTD_getErrorName(wanted));
    text.add(out.pos);
    if (in.pos < in.size) continue;
    if (wanted == 0) return {};
    if (out.pos < out.size) return cut_off("Zstandard");
  }
}

}  // namespace

Result<FileText> FileText::open(const std::filesystem::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  FileText opened;
  const bool is_gzip = bytes.starts_with(kGzipMark);
  if (!is_gzip && !bytes.starts_with(kZstandardMark)) {
    opened.text_ = bytes;
    opened.owner_ = std::make_shared<MappedFile>(file);
    return opened;
  }
  constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 24;
  GrowingText text(std::max(kAlwaysAllowed, kMostPacked * bytes.size()));
  if (Status status = is_gzip ? unpack_gzip(bytes, text) : unpack_zstandard(bytes, text); !status.ok())
    return status.error().at(path.string());
  opened.text_ = {text.data(), text.size()};
  opened.owner_ = text.release();
  return opened;
}

}  // namespace octet
