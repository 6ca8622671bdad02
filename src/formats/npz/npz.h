#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// NumPy's array files. An .npy file is one array: "\x93NUMPY", version, length of a header in Python's syntax, header, values. An .npz
// file is a ZIP archive of them, stored or deflated. Specification: NEP 1 and numpy.lib.format, versions 1.0 to 3.0.
namespace octet {

enum class NpyType : std::uint8_t { kBool, kI8, kU8, kI16, kU16, kI32, kU32, kI64, kU64, kF16, kF32, kF64 };

// Bytes of one value.
std::size_t size_of(NpyType type);

// NumPy's words for a type: "<f4", "|u1", "|b1".
std::string_view descr_of(NpyType type);

// A dense row-major array of little-endian values.
struct NpyArray {
  NpyType type = NpyType::kF32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
  bool operator==(const NpyArray&) const = default;
};

// One array. Arrays in Fortran order are transposed to row-major; big-endian, structured and Python object arrays are kUnsupported.
Result<NpyArray> parse_npy(std::span<const std::byte> file);

// What stands before the values of an array in an .npy file, padded to a multiple of 64 bytes.
std::string npy_header(NpyType type, std::span<const std::int64_t> shape);

// Which arrays of an archive to read; the others may be of any kind, or damaged. Absent: all of them.
using NpzNames = std::optional<std::set<std::string>>;

// The arrays of an archive by name, without ".npy"; a wanted one that is not there is not in the result. Nothing is allocated
// beyond what the archive claims and its packed bytes can hold (deflate gives at most 1032 for 1), nor beyond `limit_bytes` in all.
Result<std::map<std::string, NpyArray>> parse_npz(std::span<const std::byte> file, const NpzNames& wanted = {},
                                                  std::size_t limit_bytes = std::size_t{1} << 31);

// The same from a path; an .npy file is one array of the name "arr_0", as numpy.savez calls it. kNotFound if it cannot be opened.
Result<std::map<std::string, NpyArray>> read_npz(const std::filesystem::path& path, const NpzNames& wanted = {});

// Writes an uncompressed .npz as numpy.savez does, by way of a copy in memory. The same arrays give the same bytes. kInvalidArgument
// for bytes that do not fit their shape, names that are not UTF-8 and where there are no arrays; kIo.
Status write_npz(const std::filesystem::path& path, const std::map<std::string, NpyArray>& arrays);

}  // namespace octet
