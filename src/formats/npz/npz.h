#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/result.h"
#include "tensor/tensor.h"

// NumPy's array files. An .npy file is one array: "\x93NUMPY", version, length of a header in Python's syntax, header, values. An .npz
// file is a ZIP archive of them, stored or deflated. Specification: NEP 1 and numpy.lib.format, versions 1.0 to 3.0.
namespace octet {

// One array. Arrays in Fortran order are transposed to row-major; big-endian, structured and Python object arrays are kUnsupported.
Result<Tensor> parse_npy(std::span<const std::byte> file);

// What stands before the values of an array in an .npy file, padded to a multiple of 64 bytes.
std::string npy_header(const Tensor& tensor);

// Which arrays of an archive to read; the others may be of any kind, or damaged. Absent: all of them.
using NpzNames = std::optional<std::set<std::string>>;

// The arrays of an archive by name, without ".npy"; a wanted one that is not there is not in the result. Nothing is allocated
// beyond what the archive claims and its packed bytes can hold (deflate gives at most 1032 for 1), nor beyond `limit_bytes` in all.
Result<std::map<std::string, Tensor>> parse_npz(std::span<const std::byte> file, const NpzNames& wanted = {},
                                                std::size_t limit_bytes = std::size_t{1} << 31);

// The same from a path; an .npy file is one array of the name "arr_0", as numpy.savez calls it. kNotFound if it cannot be opened.
Result<std::map<std::string, Tensor>> read_npz(const std::filesystem::path& path, const NpzNames& wanted = {});

// Writes an uncompressed .npz as numpy.savez does, by way of a copy in memory. The same arrays give the same bytes. kInvalidArgument
// for names that are not UTF-8 or too long and where there are no arrays; kIo.
Status write_npz(const std::filesystem::path& path, const std::map<std::string, Tensor>& arrays);

}  // namespace octet
