// ZIP, as far as .npz uses it (PKWARE APPNOTE 6.3): per member a local header and its bytes; then a directory of all members; then the
// end record, which says where the directory lies. Sizes of 4 GiB and more stand in ZIP64 extra fields.
//   local header   "PK\3\4" version flags method time date crc packed size names-length extra-length name extra
//   directory      "PK\1\2" ... the same, and the offset of the local header
//   end record     "PK\5\6" disk numbers, entries, size and offset of the directory, comment
#include "formats/npz/npz.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/checked_math.h"
#include "base/files.h"

namespace octet {
namespace {

constexpr std::uint32_t kLocalMagic = 0x04034b50, kDirectoryMagic = 0x02014b50, kEndMagic = 0x06054b50;
constexpr std::size_t kLocalBytes = 30, kDirectoryBytes = 46, kEndBytes = 22;
constexpr std::size_t kGreatestRatio = 1032;  // of deflate
constexpr std::uint16_t kStored = 0, kDeflated = 8;

using Bytes = std::span<const std::byte>;

Error malformed(std::string message) { return {ErrorCode::kMalformed, "not an .npz archive: " + std::move(message)}; }

std::uint64_t little(Bytes bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}

struct Member {
  std::string name;
  std::uint16_t flags = 0, method = kStored;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0, local_offset = 0;
};

struct Directory {
  std::uint64_t entries = 0, offset = 0;
};

// The end record lies before a comment of at most 65535 bytes.
Result<Directory> find_directory(Bytes file) {
  if (file.size() < kEndBytes) return malformed("it is too short");
  const std::size_t last = file.size() - kEndBytes, first = last - std::min<std::size_t>(last, 65535);
  for (std::size_t at = last + 1; at-- > first;)
    if (little(file, at, 4) == kEndMagic && little(file, at + 20, 2) == file.size() - at - kEndBytes)
      return Directory{little(file, at + 10, 2), little(file, at + 16, 4)};
  return malformed("it has no directory at its end; it may be cut off");
}

// Takes the 64-bit values from the extra field where the 32-bit ones are all ones, in the order of the specification.
Status apply_zip64(Bytes extra, Member& member) {
  while (extra.size() >= 4) {
    const std::size_t id = little(extra, 0, 2), length = little(extra, 2, 2);
    if (length > extra.size() - 4) return malformed("an extra field is cut off");
    Bytes field = extra.subspan(4, length);
    extra = extra.subspan(4 + length);
    if (id != 1) continue;
    for (std::uint64_t* value : {&member.size, &member.packed, &member.local_offset}) {
      if (*value != 0xffffffff) continue;
      if (field.size() < 8) return malformed("a ZIP64 field is cut off");
      *value = little(field, 0, 8);
      field = field.subspan(8);
    }
  }
  return {};
}

// Reads the directory entry at the front of `rest` and drops it.
Result<Member> take_member(Bytes& rest) {
  if (rest.size() < kDirectoryBytes || little(rest, 0, 4) != kDirectoryMagic) return malformed("its directory is damaged");
  const std::size_t name_length = little(rest, 28, 2), extra_length = little(rest, 30, 2), comment_length = little(rest, 32, 2);
  if (name_length + extra_length + comment_length > rest.size() - kDirectoryBytes) return malformed("its directory is cut off");
  Member member;
  member.flags = static_cast<std::uint16_t>(little(rest, 8, 2));
  member.method = static_cast<std::uint16_t>(little(rest, 10, 2));
  member.crc = static_cast<std::uint32_t>(little(rest, 16, 4));
  member.packed = little(rest, 20, 4);
  member.size = little(rest, 24, 4);
  member.local_offset = little(rest, 42, 4);
  member.name.assign(reinterpret_cast<const char*>(&rest[kDirectoryBytes]), name_length);
  OCTET_RETURN_IF_ERROR(apply_zip64(rest.subspan(kDirectoryBytes + name_length, extra_length), member));
  rest = rest.subspan(kDirectoryBytes + name_length + extra_length + comment_length);
  return member;
}

Result<Bytes> packed_bytes(Bytes file, const Member& member) {
  if (member.local_offset > file.size() || file.size() - member.local_offset < kLocalBytes ||
      little(file, member.local_offset, 4) != kLocalMagic)
    return malformed("its local header is not where the directory says");
  const std::uint64_t start =
      member.local_offset + kLocalBytes + little(file, member.local_offset + 26, 2) + little(file, member.local_offset + 28, 2);
  if (start > file.size() || member.packed > file.size() - start) return malformed("its bytes are cut off");
  return file.subspan(start, member.packed);
}

Result<std::vector<std::byte>> inflated(Bytes packed, std::size_t size) {
  std::vector<std::byte> result(size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Error{ErrorCode::kInternal, "zlib cannot start"};
  std::size_t done = 0;
  int status = Z_OK;
  std::byte beyond{};  // room for a byte more than claimed, so that too long a stream is noticed
  while (status == Z_OK) {
    constexpr std::size_t kStep = std::size_t{1} << 30;
    if (stream.avail_in == 0) {
      stream.avail_in = static_cast<uInt>(std::min(packed.size(), kStep));
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
      packed = packed.subspan(stream.avail_in);
    }
    const std::size_t room = done < size ? std::min(size - done, kStep) : 1;
    stream.avail_out = static_cast<uInt>(room);
    stream.next_out = reinterpret_cast<Bytef*>(done < size ? result.data() + done : &beyond);
    status = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (done > size) break;
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || done != size) return malformed("its compressed bytes are damaged");
  return result;
}

// zlib takes a null pointer, which an empty span may have, for a wish to start anew.
std::uint32_t crc_of(Bytes bytes, std::uint32_t before = 0) {
  if (bytes.empty()) return before;
  return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

Result<NpyArray> read_member(Bytes file, const Member& member) {
  if (member.flags & 1) return Error{ErrorCode::kUnsupported, "it is encrypted"};
  OCTET_ASSIGN(const Bytes packed, packed_bytes(file, member));
  if (member.method == kStored) {
    if (member.size != member.packed) return malformed("its two sizes differ");
    if (crc_of(packed) != member.crc) return malformed("its checksum is wrong");
    return parse_npy(packed);
  }
  if (member.method != kDeflated)
    return Error{ErrorCode::kUnsupported, fmt::format("compression method {} is not supported", member.method)};
  if (member.size / kGreatestRatio > packed.size())
    return malformed(fmt::format("{} bytes cannot unpack to {}", packed.size(), member.size));
  OCTET_ASSIGN(const std::vector<std::byte> content, inflated(packed, member.size));
  if (crc_of(content) != member.crc) return malformed("its checksum is wrong");
  return parse_npy(content);
}

std::string array_name(std::string_view member) {
  if (member.ends_with(".npy")) member.remove_suffix(4);
  return std::string(member);
}

void put(std::string& text, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) text += static_cast<char>(value >> 8 * i & 255);
}

// What local header and directory entry share: version 2.0, names in UTF-8, stored, 1980-01-01.
std::string common_fields(const Member& member) {
  std::string text;
  put(text, 20, 2);
  put(text, 0x800, 2);
  put(text, kStored, 2);
  put(text, 0x00210000, 4);
  put(text, member.crc, 4);
  put(text, member.size, 4);
  put(text, member.size, 4);
  put(text, member.name.size(), 2);
  put(text, 0, 2);
  return text;
}

std::string local_header(const Member& member) {
  std::string text;
  put(text, kLocalMagic, 4);
  return text + common_fields(member) + member.name;
}

std::string directory_entry(const Member& member) {
  std::string text;
  put(text, kDirectoryMagic, 4);
  put(text, 20, 2);
  text += common_fields(member);
  text.append(2 + 2 + 2 + 4, '\0');  // comment, disk, attributes
  put(text, member.local_offset, 4);
  return text + member.name;
}

std::string end_record(std::size_t entries, std::size_t directory_bytes, std::uint64_t offset) {
  std::string text;
  put(text, kEndMagic, 4);
  put(text, 0, 4);
  put(text, entries, 2);
  put(text, entries, 2);
  put(text, directory_bytes, 4);
  put(text, offset, 4);
  put(text, 0, 2);
  return text;
}

Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

Status check_array(const std::string& name, const NpyArray& array) {
  const auto count = checked_product(array.shape);
  if (!count || static_cast<std::uint64_t>(*count) != array.bytes.size() / size_of(array.type) ||
      array.bytes.size() % size_of(array.type) != 0)
    return Error{ErrorCode::kInvalidArgument, "array '" + name + "' has bytes that do not fit its shape"};
  if (name.size() > 1000) return Error{ErrorCode::kInvalidArgument, "array name of " + std::to_string(name.size()) + " bytes"};
  return {};
}

Status write_archive(const std::map<std::string, NpyArray>& arrays, const FileTransaction::Sink& sink) {
  std::string directory;
  std::uint64_t position = 0;
  for (const auto& [name, array] : arrays) {
    const std::string header = npy_header(array.type, array.shape);
    const std::uint32_t crc = crc_of(array.bytes, crc_of(as_bytes(header)));
    const Member member{name + ".npy", 0, kStored, crc, 0, header.size() + array.bytes.size(), position};
    const std::string local = local_header(member);
    for (const Bytes part : {as_bytes(local), as_bytes(header), Bytes(array.bytes)}) OCTET_RETURN_IF_ERROR(sink(part));
    directory += directory_entry(member);
    position += local.size() + member.size;
  }
  OCTET_RETURN_IF_ERROR(sink(as_bytes(directory)));
  return sink(as_bytes(end_record(arrays.size(), directory.size(), position)));
}

}  // namespace

Result<std::map<std::string, NpyArray>> parse_npz(Bytes file, const NpzNames& wanted, std::size_t limit_bytes) {
  OCTET_ASSIGN(const Directory directory, find_directory(file));
  if (directory.offset > file.size()) return malformed("its directory is not where the end record says");
  Bytes rest = file.subspan(directory.offset);
  std::map<std::string, NpyArray> arrays;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    OCTET_ASSIGN(const Member member, take_member(rest));
    std::string name = array_name(member.name);
    if (wanted && !wanted->contains(name)) continue;
    if (member.size > limit_bytes) return malformed(fmt::format("its arrays have more than {} bytes", limit_bytes));
    limit_bytes -= member.size;
    OCTET_ASSIGN_AT(NpyArray array, read_member(file, member), fmt::format("member '{:.100}'", member.name));
    if (!arrays.emplace(std::move(name), std::move(array)).second) return malformed(fmt::format("it holds '{:.100}' twice", member.name));
  }
  return arrays;
}

Result<std::map<std::string, NpyArray>> read_npz(const std::filesystem::path& path, const NpzNames& wanted) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > 1 && file.bytes()[0] == std::byte{0x93}) {
    OCTET_ASSIGN_AT(NpyArray array, parse_npy(file.bytes()), path.string());
    std::map<std::string, NpyArray> arrays;
    arrays.emplace("arr_0", std::move(array));
    return arrays;
  }
  auto arrays = parse_npz(file.bytes(), wanted);
  if (!arrays.ok()) return arrays.error().at(path.string());
  return arrays;
}

Status write_npz(const std::filesystem::path& path, const std::map<std::string, NpyArray>& arrays) {
  std::uint64_t total = 0;
  for (const auto& [name, array] : arrays) {
    OCTET_RETURN_IF_ERROR(check_array(name, array));
    total += array.bytes.size() + name.size() + 4096;
  }
  if (total >= 0xffffffff || arrays.size() > 0xffff)
    return Error{ErrorCode::kInvalidArgument, path.string() + ": an archive of 4 GiB or more is not supported"};
  FileTransaction files;
  OCTET_RETURN_IF_ERROR(files.add(path, [&](const FileTransaction::Sink& sink) { return write_archive(arrays, sink); }));
  return files.commit();
}

}  // namespace octet
