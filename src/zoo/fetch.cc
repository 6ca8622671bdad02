#include "zoo/fetch.h"

#include <algorithm>

#include "base/digest.h"
#include "base/files.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 22;

Result<MappedFile> open_original(const ZooEntry& entry, const ZooFile& file, const fs::path& path) {
  auto original = MappedFile::open(path);
  if (original.ok()) return original;
  const std::string published = file.url.empty() ? "" : ", published at " + file.url;
  return Error{original.error().code, original.error().message + "; " + entry.name + " needs the file" + published};
}

Status check(const ZooFile& file, const fs::path& path, std::span<const std::byte> bytes) {
  const auto found = static_cast<std::int64_t>(bytes.size());
  if (file.size_bytes && *file.size_bytes != found)
    return Error{ErrorCode::kMalformed, path.string() + ": has " + std::to_string(found) + " bytes where the published file has " +
                                            std::to_string(*file.size_bytes)};
  if (file.sha384.empty()) return {};
  if (const std::string digest = sha384_hex(bytes); digest != file.sha384)
    return Error{ErrorCode::kMalformed,
                 path.string() + ": is not the published file: its SHA-384 is " + digest + ", expected " + file.sha384};
  return {};
}

// The files of an entry opened and checked, in its order.
Result<std::vector<MappedFile>> open_checked(const ZooEntry& entry, const fs::path& model_dir) {
  std::vector<MappedFile> files;
  for (const ZooFile& file : entry.files) {
    OCTET_ASSIGN(const fs::path path, path_inside(model_dir, file.name));
    OCTET_ASSIGN(MappedFile opened, open_original(entry, file, path));
    OCTET_RETURN_IF_ERROR(check(file, path, opened.bytes()));
    files.push_back(std::move(opened));
  }
  return files;
}

Result<FetchedFiles> files_below(const fs::path& folder, const ZooEntry& entry) {
  FetchedFiles files;
  files.folder = folder;
  for (const ZooFile& file : entry.files) {
    OCTET_ASSIGN(fs::path path, path_inside(folder, file.name));
    files.all.push_back(std::move(path));
  }
  files.source = folder / entry.source().name;
  if (const ZooFile* weights = entry.weights()) files.weights = folder / weights->name;
  return files;
}

// Counts the bytes of all files together.
struct Copy {
  FileTransaction transaction;
  const Progress& progress;
  std::int64_t done = 0, total = 0;

  Status add(const fs::path& target, std::span<const std::byte> bytes) {
    return transaction.add(target, [&](const FileTransaction::Sink& sink) -> Status {
      for (std::size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
        const auto chunk = bytes.subspan(begin, std::min(kChunkBytes, bytes.size() - begin));
        OCTET_RETURN_IF_ERROR(sink(chunk));
        done += static_cast<std::int64_t>(chunk.size());
        if (progress) progress(done, total);
      }
      return {};
    });
  }
};

}  // namespace

Result<FetchedFiles> find_in(const ZooEntry& entry, const fs::path& model_dir) {
  OCTET_RETURN_IF_ERROR(open_checked(entry, model_dir));
  return files_below(model_dir, entry);
}

Result<FetchedFiles> fetch_from(const ZooEntry& entry, const fs::path& model_dir, const fs::path& output_dir, const Progress& progress) {
  OCTET_ASSIGN(const std::vector<MappedFile> originals, open_checked(entry, model_dir));
  OCTET_ASSIGN(const fs::path folder, path_inside(output_dir / "public", entry.name));
  OCTET_ASSIGN(FetchedFiles fetched, files_below(folder, entry));
  Copy copy{{}, progress};
  for (const MappedFile& original : originals) copy.total += static_cast<std::int64_t>(original.bytes().size());
  for (std::size_t i = 0; i < originals.size(); ++i) OCTET_RETURN_IF_ERROR(copy.add(fetched.all[i], originals[i].bytes()));
  OCTET_RETURN_IF_ERROR(copy.transaction.commit());
  return fetched;
}

}  // namespace octet
