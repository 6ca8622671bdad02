#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace octet::tensorflow {

// The entries of a sorted table, LevelDB's file format, in which TensorFlow writes the index of a checkpoint:
//
//   data block ... | metaindex block | index block | footer
//   footer, the last 48 bytes: offset and size of the metaindex block, offset and size of the index block (varints), zeros, and the
//   magic number 0xdb4775248b80fb57, little-endian
//   block: entries, the offsets of some of them, their number; then, beyond its size, one byte of compression and four of a checksum
//   entry: how much of the key before it is shared, how much follows, the length of the value (varints), the rest of the key, the value
//
// The values of the index block's entries are the places of the data blocks. TensorFlow compresses no block, and octet reads none that
// is compressed. LevelDB's own reader takes every size in a file at its word, so it is not used here.
//
// The values are views of `file`. kMalformed for what does not fit into the file; kUnsupported for compressed blocks.
Result<std::map<std::string, std::string_view>> read_sorted_table(std::span<const std::byte> file);

}  // namespace octet::tensorflow
