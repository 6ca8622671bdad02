// NumPy's archives by libzip. What an archive claims is checked before anything is allocated for it, and only the two methods that NumPy
// uses are taken: a bomb unpacks to no more than what its bytes can hold.
#include "formats/npz/npz.h"

#include <fmt/format.h>

#include <array>

#include "base/files.h"
#include "formats/zip/archive.h"

namespace octet {
namespace {

constexpr std::size_t kGreatestRatio = 1032;  // of deflate
constexpr std::size_t kLongestName = 1000;    // a ZIP archive has 65535
constexpr zip_uint64_t kWantedFields =
    ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;

using Bytes = std::span<const std::byte>;

Error malformed(std::string message) { return {ErrorCode::kMalformed, "not an .npz archive: " + std::move(message)}; }

// `bytes` must outlive the archive.
Result<zip::Archive> open_archive(Bytes bytes) {
  auto archive = zip::open_archive(bytes);
  if (!archive.ok()) return malformed(archive.error().message + (bytes.empty() ? "" : "; it may be cut off"));
  return archive;
}

Result<std::vector<std::byte>> unpacked(zip_t* archive, std::uint64_t index, std::size_t size) {
  const zip::Member member(zip_fopen_index(archive, index, 0));
  if (!member) return malformed(zip_strerror(archive));
  std::vector<std::byte> content(size);
  std::size_t done = 0;
  std::byte beyond{};  // room for a byte more than claimed: where it ends, libzip compares the checksum
  for (;;) {
    const bool is_full = done == size;
    const zip_int64_t got = zip_fread(member.get(), is_full ? &beyond : content.data() + done, is_full ? 1 : size - done);
    if (got < 0) return malformed(zip_error_strerror(zip_file_get_error(member.get())));
    if (got == 0) break;
    if (is_full) return malformed("it has more bytes than it claims");
    done += static_cast<std::size_t>(got);
  }
  if (done != size) return malformed("it has fewer bytes than it claims");
  return content;
}

Status check_member(const zip_stat_t& member) {
  if ((member.valid & kWantedFields) != kWantedFields) return malformed("its directory is damaged");
  if (member.encryption_method != ZIP_EM_NONE) return Error{ErrorCode::kUnsupported, "it is encrypted"};
  if (member.comp_method != ZIP_CM_STORE && member.comp_method != ZIP_CM_DEFLATE)
    return Error{ErrorCode::kUnsupported, fmt::format("compression method {} is not supported", member.comp_method)};
  if (member.size / kGreatestRatio > member.comp_size)
    return malformed(fmt::format("{} bytes cannot unpack to {}", member.comp_size, member.size));
  return {};
}

std::string array_name(std::string_view member) {
  if (member.ends_with(".npy")) member.remove_suffix(4);
  return std::string(member);
}

// Adds one array, stored, with a date that is the same every time. `header` and the array must outlive the archive.
Status add_array(zip_t* archive, const std::string& name, const std::string& header, const Tensor& array) {
  const auto fragment_of = [](const void* data, std::size_t size) {
    return zip_buffer_fragment_t{static_cast<zip_uint8_t*>(const_cast<void*>(data)), size};
  };
  const std::array fragments{fragment_of(header.data(), header.size()), fragment_of(array.bytes().data(), array.bytes().size())};
  constexpr zip_uint16_t kMidnight = 0, kFirstOfJanuary1980 = 0x21;
  zip::Source source(zip_source_buffer_fragment(archive, fragments.data(), array.bytes().empty() ? 1 : 2, 0));
  const zip_int64_t index = source ? zip_file_add(archive, (name + ".npy").c_str(), source.get(), ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) return Error{ErrorCode::kInvalidArgument, fmt::format("array '{:.100}': {}", name, zip_strerror(archive))};
  (void)source.release();  // the archive's now
  const auto entry = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, entry, kMidnight, kFirstOfJanuary1980, 0) != 0)
    return Error{ErrorCode::kInternal, zip_strerror(archive)};
  return {};
}

// The bytes that an archive was written into.
Result<std::vector<std::byte>> content_of(zip_source_t* source) {
  zip_stat_t info;
  if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0)
    return Error{ErrorCode::kInternal, zip_error_strerror(zip_source_error(source))};
  std::vector<std::byte> content(info.size);
  const zip_int64_t got = zip_source_read(source, content.data(), content.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(content.size())) return Error{ErrorCode::kInternal, zip_error_strerror(zip_source_error(source))};
  return content;
}

Result<std::vector<std::byte>> archive_of(const std::map<std::string, Tensor>& arrays) {
  zip::Failure failed;
  const zip::Source buffer(zip_source_buffer_create(nullptr, 0, 0, failed.get()));
  if (!buffer) return Error{ErrorCode::kInternal, failed.text()};
  zip::Archive archive(zip_open_from_source(buffer.get(), ZIP_TRUNCATE, failed.get()));
  if (!archive) return Error{ErrorCode::kInternal, failed.text()};
  zip_source_keep(buffer.get());  // the archive has its own reference
  std::vector<std::string> headers;
  headers.reserve(arrays.size());  // the archive refers to them until it is closed
  for (const auto& [name, array] : arrays)
    OCTET_RETURN_IF_ERROR(add_array(archive.get(), name, headers.emplace_back(npy_header(array)), array));
  if (zip_close(archive.get()) != 0) return Error{ErrorCode::kInternal, zip_strerror(archive.get())};
  (void)archive.release();  // closed
  return content_of(buffer.get());
}

}  // namespace

Result<std::map<std::string, Tensor>> parse_npz(Bytes file, const NpzNames& wanted, std::size_t limit_bytes) {
  OCTET_ASSIGN(const zip::Archive archive, open_archive(file));
  const zip_int64_t members = zip_get_num_entries(archive.get(), 0);
  std::map<std::string, Tensor> arrays;
  for (zip_int64_t i = 0; i < members; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t member;
    if (zip_stat_index(archive.get(), index, 0, &member) != 0) return malformed(zip_strerror(archive.get()));
    const std::string name = array_name(member.name);
    if (wanted && !wanted->contains(name)) continue;
    const std::string where = fmt::format("member '{:.100}'", member.name);
    if (auto status = check_member(member); !status.ok()) return status.error().at(where);
    if (member.size > limit_bytes) return malformed(fmt::format("its arrays have more than {} bytes", limit_bytes));
    limit_bytes -= member.size;
    OCTET_ASSIGN_AT(const std::vector<std::byte> content, unpacked(archive.get(), index, member.size), where);
    OCTET_ASSIGN_AT(Tensor array, parse_npy(content), where);
    if (!arrays.emplace(name, std::move(array)).second) return malformed(fmt::format("it holds '{:.100}' twice", member.name));
  }
  return arrays;
}

Result<std::map<std::string, Tensor>> read_npz(const std::filesystem::path& path, const NpzNames& wanted) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > 1 && file.bytes()[0] == std::byte{0x93}) {
    OCTET_ASSIGN_AT(Tensor array, parse_npy(file.bytes()), path.string());
    return std::map<std::string, Tensor>{{"arr_0", std::move(array)}};
  }
  OCTET_ASSIGN_AT(auto arrays, parse_npz(file.bytes(), wanted), path.string());
  return arrays;
}

Status write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& arrays) {
  if (arrays.empty()) return Error{ErrorCode::kInvalidArgument, path.string() + ": there are no arrays to write"};
  for (const auto& [name, array] : arrays)
    if (name.size() > kLongestName)
      return Error{ErrorCode::kInvalidArgument, fmt::format("an array's name has {} bytes, more than {}", name.size(), kLongestName)};
  OCTET_ASSIGN_AT(const std::vector<std::byte> archive, archive_of(arrays), path.string());
  return write_file(path, archive);
}

}  // namespace octet
