#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace octet::openvino_ir {

// The content of a .bin file: each distinct run of bytes once, at a multiple of 64, with zeros between. Refers to the
// bytes of the constants, which must outlive it.
class ConstantPool {
 public:
  // The offset of `content` in the file.
  std::size_t place(std::span<const std::byte> content);

  Status write(const FileTransaction::Sink& sink) const;

 private:
  struct Entry {
    std::span<const std::byte> content;
    std::size_t offset = 0;
  };
  std::vector<Entry> entries_;  // by rising offset
  std::unordered_multimap<std::uint64_t, std::size_t> by_hash_;
  std::size_t end_ = 0;
};

}  // namespace octet::openvino_ir
