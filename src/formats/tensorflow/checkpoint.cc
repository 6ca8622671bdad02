#include "formats/tensorflow/checkpoint.h"

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <utility>

#include "formats/tensorflow/checkpoint.pb.h"
#include "formats/tensorflow/graph_def.h"
#include "formats/tensorflow/sorted_table.h"

namespace octet::tensorflow {
namespace {

constexpr std::int32_t kBigEndian = 1, kMaxShards = 99999;  // five digits in the names of files

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

template <typename Message>
bool parse(std::string_view bytes, Message& message) {
  return std::in_range<int>(bytes.size()) && message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// Where a tensor lies in its shard.
struct Place {
  ElementType type = ElementType::kF32;
  Shape shape;
  std::int64_t shard = 0;
  std::uint64_t offset = 0, size = 0;
};

Result<Place> place_of(std::string_view record) {
  proto::BundleEntry entry;
  if (!parse(record, entry) || entry.offset() < 0 || entry.size() < 0) return malformed("its record in the index is damaged");
  if (!entry.slices().empty()) return Error{ErrorCode::kUnsupported, "is stored in parts, which octet does not read"};
  const auto type = element_type_of(static_cast<DataType>(entry.dtype()));
  if (!type) return Error{ErrorCode::kUnsupported, "is of a type that has no numbers"};
  Place place{*type, {}, entry.shard_id(), static_cast<std::uint64_t>(entry.offset()), static_cast<std::uint64_t>(entry.size())};
  for (const auto& dim : entry.shape().dim()) place.shape.push_back(dim.size());
  if (!validate_shape(place.shape).ok()) return malformed("has no valid shape");
  const std::uint64_t expected = static_cast<std::uint64_t>(element_count(place.shape)) * size_of(place.type);
  if (place.size != expected)
    return malformed(fmt::format("has {} bytes where its shape {} asks for {}", place.size, to_string(place.shape), expected));
  return place;
}

}  // namespace

Result<Checkpoint> Checkpoint::open(const std::filesystem::path& prefix) {
  Checkpoint checkpoint;
  checkpoint.prefix_ = prefix;
  const std::string path = prefix.string() + ".index";
  OCTET_ASSIGN(checkpoint.index_, MappedFile::open(path));
  OCTET_ASSIGN_AT(checkpoint.entries_, read_sorted_table(checkpoint.index_.bytes()), path);
  proto::BundleHeader header;
  const auto found = checkpoint.entries_.find("");
  if (found == checkpoint.entries_.end() || !parse(found->second, header) || header.num_shards() < 1 || header.num_shards() > kMaxShards)
    return malformed("does not say how many shards there are").at(path);
  if (header.endianness() == kBigEndian) return Error{ErrorCode::kUnsupported, path + ": is of a big-endian machine"};
  checkpoint.num_shards_ = header.num_shards();
  return checkpoint;
}

std::filesystem::path Checkpoint::path_of_shard(std::int64_t number) const {
  return fmt::format("{}.data-{:05}-of-{:05}", prefix_.string(), number, num_shards_);
}

std::vector<std::filesystem::path> Checkpoint::shards() const {
  std::vector<std::filesystem::path> paths;
  for (const auto& [number, file] : shards_) paths.push_back(path_of_shard(number));
  return paths;
}

Result<MappedFile> Checkpoint::shard(std::int64_t number) {
  if (number < 0 || number >= num_shards_) return malformed(fmt::format("lies in shard {} of {}", number, num_shards_));
  if (const auto found = shards_.find(number); found != shards_.end()) return found->second;
  OCTET_ASSIGN(MappedFile file, MappedFile::open(path_of_shard(number)));
  return shards_.emplace(number, std::move(file)).first->second;
}

Result<Tensor> Checkpoint::read(const std::string& key) {
  const std::string where = "variable " + in_quotes(key);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return malformed("is not in the checkpoint").at(where);
  OCTET_ASSIGN_AT(const Place place, place_of(entry->second), where);
  OCTET_ASSIGN_AT(const MappedFile file, shard(place.shard), where);
  if (place.offset > file.bytes().size() || place.size > file.bytes().size() - place.offset)
    return malformed(fmt::format("lies at {} + {} in a shard of {} bytes; it was cut short, fetch or export it again", place.offset,
                                 place.size, file.bytes().size()))
        .at(where);
  // A byte of a bool may be any number in a file.
  const ElementType raw = place.type == ElementType::kBoolean ? ElementType::kU8 : place.type;
  Tensor stored(raw, place.shape);  // a copy: the bytes need not lie at a multiple of their size
  if (place.size > 0) std::memcpy(stored.mutable_bytes().data(), file.bytes().data() + place.offset, place.size);
  return raw == place.type ? stored : converted(stored, place.type);
}

}  // namespace octet::tensorflow
