#include "parts/part.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/scratch_file.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "octet part 1\n";
constexpr std::size_t kSizeBytes = sizeof(std::uint32_t), kSumDigits = 16;

std::string sum_of(std::uint64_t number, std::span<const std::byte> content) {
  Sha256 digest;
  digest.update(std::as_bytes(std::span(&number, 1)));
  digest.update(content);
  return digest.hex().substr(0, kSumDigits);
}

std::string_view text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool has_kind(std::span<const std::byte> content, char kind) { return !content.empty() && content[0] == static_cast<std::byte>(kind); }

// `release` as of Part.
Result<Part> parse(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, std::string name, std::function<void()> release) {
  PartReader reader(bytes);
  const auto first = reader.next();
  if (!first) return Error{ErrorCode::kMalformed, name + ": is no part of octet"};
  OCTET_ASSIGN_AT(PartSetup setup, setup_in(*first), name);
  Part part{std::move(name), std::move(setup), {}, 0, 0, std::move(owner), std::move(release)};
  std::size_t released = 0;
  while (const auto content = reader.next()) {
    if (reader.position() - released > kBytesReadTogether) {
      part.release();
      released = reader.position();
    }
    if (!has_kind(*content, 'E')) {
      part.records.push_back(*content);
      continue;
    }
    ByteReader end(content->subspan(1));
    const bool is_whole = end.get<std::uint64_t>() == reader.records() - 1;
    part.seconds = end.get<double>();
    part.resumed = end.get<std::uint64_t>();
    if (!is_whole || !end.at_end() || !std::isfinite(part.seconds) || reader.position() != bytes.size())
      return Error{ErrorCode::kMalformed, part.name + ": has an end that does not fit what is before or after it"};
    return part;
  }
  return Error{ErrorCode::kMalformed, fmt::format("{}: part {} is cut or was changed at byte {} of {}", part.name,
                                                  to_string(part.setup.share), reader.position(), bytes.size())};
}

Error unfit(const Part& part, std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("part {} ({}) {}", to_string(part.setup.share), part.name, why)};
}

}  // namespace

std::string part_name(const PartSetup& setup, std::string_view extension) {
  return fmt::format("{}-{}-of-{}{}", setup.verb, setup.share.index + 1, setup.share.count, extension);
}

std::string PartWriter::begin(const PartSetup& setup) { return std::string(kMagic) + record("S" + format_setup(setup)); }

std::string PartWriter::record(std::string_view content) {
  OCTET_CHECK(content.size() <= UINT32_MAX, "a record of a part has at most 4 GiB");
  ByteWriter size;
  size.add(static_cast<std::uint32_t>(content.size()));
  return size.take().append(content).append(sum_of(records_++, bytes_of(content)));
}

std::string PartWriter::end(double seconds, std::uint64_t resumed) {
  ByteWriter content;
  content.add('E');
  content.add(records_);
  content.add(seconds);
  content.add(resumed);
  return record(content.take());
}

PartReader::PartReader(std::span<const std::byte> bytes) : bytes_(bytes) {
  has_begun_ = text_of(bytes).starts_with(kMagic);
  if (has_begun_) position_ = kMagic.size();
}

std::optional<std::span<const std::byte>> PartReader::next() {
  const auto rest = bytes_.subspan(position_);
  if (!has_begun_ || rest.size() < kSizeBytes + kSumDigits) return std::nullopt;
  const std::size_t size = ByteReader(rest).get<std::uint32_t>();
  if (size > rest.size() - kSizeBytes - kSumDigits) return std::nullopt;
  const auto content = rest.subspan(kSizeBytes, size);
  if (text_of(rest.subspan(kSizeBytes + size, kSumDigits)) != sum_of(records_, content)) return std::nullopt;
  position_ += kSizeBytes + size + kSumDigits;
  ++records_;
  return content;
}

bool is_beginning_of_part(std::span<const std::byte> bytes) {
  return text_of(bytes).substr(0, kMagic.size()) == kMagic.substr(0, bytes.size());
}

Result<PartSetup> setup_in(std::span<const std::byte> record) {
  if (!has_kind(record, 'S')) return Error{ErrorCode::kMalformed, "is no part of octet"};
  return parse_setup(text_of(record.subspan(1)));
}

Result<Part> read_part(const fs::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  auto owner = std::make_shared<const MappedFile>(file);
  const std::span<const std::byte> bytes = owner->bytes();
  return parse(bytes, owner, path.string(), [bytes] { ScratchFile::release(bytes); });
}

Result<PartSetup> read_setup(const fs::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  const auto first = PartReader(file.bytes()).next();
  if (!first) return Error{ErrorCode::kMalformed, path.string() + ": is no part of octet"};
  OCTET_ASSIGN_AT(PartSetup setup, setup_in(*first), path.string());
  return setup;
}

Result<Part> parse_part(std::string bytes, std::string name) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  return parse(bytes_of(*owner), owner, std::move(name), [] {});
}

Result<std::vector<fs::path>> find_parts(const std::vector<fs::path>& places) {
  std::vector<fs::path> parts;
  for (const fs::path& place : places) {
    std::error_code failed;
    if (!fs::is_directory(place, failed)) {
      parts.push_back(place);
      continue;
    }
    const std::size_t before = parts.size();
    for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed))
      if (entry->path().extension() == kPartExtension) parts.push_back(entry->path());
    if (parts.size() == before)
      return Error{ErrorCode::kNotFound, fmt::format("{}: holds no part (*{}) of a run with --shard", place.string(), kPartExtension)};
    std::ranges::sort(parts.begin() + static_cast<std::ptrdiff_t>(before), parts.end());
  }
  return parts;
}

Result<std::vector<Part>> complete_parts(std::vector<Part> parts) {
  OCTET_CHECK(!parts.empty(), "at least one part");
  const PartSetup& expected = parts.front().setup;
  std::vector<const Part*> of_share(expected.share.count);
  for (const Part& part : parts) {
    const PartSetup& setup = part.setup;
    if (setup.share.count != expected.share.count)
      return unfit(part, fmt::format("is one of {}, but part {} ({}) one of {}", setup.share.count, to_string(expected.share),
                                     parts.front().name, expected.share.count));
    const Part*& place = of_share[setup.share.index];
    if (place) return unfit(part, fmt::format("is given twice, as {} too", place->name));
    place = &part;
    if (const auto difference = difference_of(expected, setup))
      return unfit(part, fmt::format("{} of part {} ({})", *difference, to_string(expected.share), parts.front().name));
  }
  if (const auto missing = std::ranges::find(of_share, nullptr); missing != of_share.end()) {
    const Share share{static_cast<std::size_t>(missing - of_share.begin()), expected.share.count};
    return Error{ErrorCode::kNotFound, fmt::format("part {} is missing{}", to_string(share),
                                                   std::ranges::count(of_share, nullptr) > 1 ? ", and others are" : "")};
  }
  std::ranges::sort(parts, {}, [](const Part& part) { return part.setup.share.index; });
  return parts;
}

}  // namespace octet
