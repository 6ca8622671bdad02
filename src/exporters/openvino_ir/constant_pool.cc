#include "exporters/openvino_ir/constant_pool.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace octet::openvino_ir {
namespace {

constexpr std::size_t kAlignment = 64;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

// For finding candidates only: equal hashes are compared byte by byte.
std::uint64_t hash_of(std::span<const std::byte> content) {
  std::uint64_t hash = mixed(0, content.size());
  while (!content.empty()) {
    std::uint64_t word = 0;
    const std::size_t step = std::min(content.size(), sizeof word);
    std::memcpy(&word, content.data(), step);
    hash = mixed(hash, word);
    content = content.subspan(step);
  }
  return hash;
}

}  // namespace

std::size_t ConstantPool::place(std::span<const std::byte> content) {
  const std::uint64_t hash = hash_of(content);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto candidate = first; candidate != last; ++candidate) {
    const Entry& entry = entries_[candidate->second];
    if (std::equal(content.begin(), content.end(), entry.content.begin(), entry.content.end())) return entry.offset;
  }
  const Entry entry{content, (end_ + kAlignment - 1) / kAlignment * kAlignment};
  by_hash_.emplace(hash, entries_.size());
  entries_.push_back(entry);
  end_ = entry.offset + content.size();
  return entry.offset;
}

Status ConstantPool::write(const FileTransaction::Sink& sink) const {
  static constexpr std::array<std::byte, kAlignment> kZeros{};
  std::size_t position = 0;
  for (const Entry& entry : entries_) {
    OCTET_RETURN_IF_ERROR(sink(std::span(kZeros).first(entry.offset - position)));
    OCTET_RETURN_IF_ERROR(sink(entry.content));
    position = entry.offset + entry.content.size();
  }
  return {};
}

}  // namespace octet::openvino_ir
