#include "formats/tensorflow/sorted_table.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace octet::tensorflow {
namespace {

constexpr std::size_t kFooterBytes = 48, kTrailerBytes = 5;
constexpr std::uint64_t kMagic = 0xdb4775248b80fb57;
constexpr std::size_t kMaxKeyBytes = std::size_t{1} << 26;  // of all keys together, which share their beginnings in the file

Error malformed(std::string_view what) {
  return {ErrorCode::kMalformed, "is no index of a TensorFlow checkpoint, or damaged: " + std::string(what)};
}

// Takes numbers and texts from the front of some bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> text(std::uint64_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view rest_;
};

std::uint32_t last_fixed32(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + bytes.size() - sizeof value, sizeof value);
  return value;
}

// The entries of the block whose place `handle` gives, without what stands behind them.
Result<std::string_view> entries_of_block(std::string_view file, Cursor& handle) {
  const auto offset = handle.varint(), size = handle.varint();
  if (!offset || !size) return malformed("the place of a block is missing");
  if (*offset > file.size() || *size > file.size() - *offset || file.size() - *offset - *size < kTrailerBytes)
    return malformed("a block reaches beyond the file");
  if (file[*offset + *size] != 0)
    return Error{ErrorCode::kUnsupported, "the index of the checkpoint is compressed, which octet does not read"};
  const std::string_view block = file.substr(*offset, *size);
  if (block.size() < sizeof(std::uint32_t)) return malformed("a block is empty");
  const std::uint64_t restarts = std::uint64_t{last_fixed32(block)} * sizeof(std::uint32_t) + sizeof(std::uint32_t);
  if (restarts > block.size()) return malformed("a block has more restart points than bytes");
  return block.substr(0, block.size() - restarts);
}

// Calls visit(key, value) for each entry.
template <typename Visit>
Status visit_entries(std::string_view entries, const Visit& visit) {
  std::string key;
  for (Cursor cursor(entries); !cursor.at_end();) {
    const auto shared = cursor.varint(), own = cursor.varint(), length = cursor.varint();
    if (!shared || !own || !length || *shared > key.size()) return malformed("an entry is damaged");
    const auto rest = cursor.text(*own), value = cursor.text(*length);
    if (!rest || !value) return malformed("an entry reaches beyond its block");
    key.resize(*shared);
    key += *rest;
    OCTET_RETURN_IF_ERROR(visit(key, *value));
  }
  return {};
}

}  // namespace

Result<std::map<std::string, std::string_view>> read_sorted_table(std::span<const std::byte> bytes) {
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (file.size() < kFooterBytes) return malformed("it is too short");
  std::uint64_t magic = 0;
  std::memcpy(&magic, file.data() + file.size() - sizeof magic, sizeof magic);
  if (magic != kMagic) return malformed("its last bytes are not those of one");
  Cursor footer(file.substr(file.size() - kFooterBytes, kFooterBytes - sizeof magic));
  if (!footer.varint() || !footer.varint()) return malformed("its footer is damaged");
  OCTET_ASSIGN(const std::string_view index, entries_of_block(file, footer));

  std::map<std::string, std::string_view> table;
  std::size_t key_bytes = 0, value_bytes = 0;
  const auto add = [&](const std::string& key, std::string_view value) -> Status {
    key_bytes += key.size();
    value_bytes += value.size();
    // Blocks do not overlap in a table; where they do, a small file could hold any number of entries.
    if (key_bytes > kMaxKeyBytes || value_bytes > file.size()) return malformed("it has more entries than it can hold");
    table.insert_or_assign(key, value);
    return {};
  };
  OCTET_RETURN_IF_ERROR(visit_entries(index, [&](const std::string&, std::string_view place) -> Status {
    Cursor handle(place);
    OCTET_ASSIGN(const std::string_view entries, entries_of_block(file, handle));
    return visit_entries(entries, add);
  }));
  return table;
}

}  // namespace octet::tensorflow
