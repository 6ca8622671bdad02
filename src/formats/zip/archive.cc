#include "formats/zip/archive.h"

namespace octet::zip {

Result<Archive> open_archive(std::span<const std::byte> bytes) {
  if (bytes.empty()) return Error{ErrorCode::kMalformed, "it is empty"};  // libzip takes that for an archive of nothing
  Failure failure;
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, failure.get()));
  Archive archive(source ? zip_open_from_source(source.get(), ZIP_RDONLY, failure.get()) : nullptr);
  if (!archive) return Error{ErrorCode::kMalformed, failure.text()};
  (void)source.release();  // the archive's now
  return archive;
}

}  // namespace octet::zip
