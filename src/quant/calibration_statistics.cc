#include "quant/calibration_statistics.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"

namespace octet::quant {
namespace {

constexpr std::size_t kDigestDigits = 64;

template <typename Of>
void write(const std::map<Value, Of>& of_values, ByteWriter& bytes) {
  bytes.add(static_cast<std::uint32_t>(of_values.size()));
  for (const auto& [value, of] : of_values) {
    bytes.add(static_cast<std::uint64_t>(value.node));
    bytes.add(static_cast<std::uint64_t>(value.port));
    of.write(bytes);
  }
}

template <typename Of, typename ReadOne>
std::map<Value, Of> read(ByteReader& bytes, const ReadOne& read_one) {
  std::map<Value, Of> of_values;
  const auto count = bytes.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && bytes.ok(); ++i) {
    Value value;
    value.node = static_cast<NodeId>(bytes.get<std::uint64_t>());
    value.port = static_cast<std::uint32_t>(bytes.get<std::uint64_t>());
    of_values.insert_or_assign(value, read_one(bytes));
  }
  return of_values;
}

// Channels of all histograms, which take more memory than their bytes.
constexpr std::size_t kMostChannels = std::size_t{1} << 18;

std::map<Value, ChannelHistogram> read_histograms(ByteReader& bytes) {
  std::size_t left = kMostChannels;
  return read<ChannelHistogram>(bytes, [&left](ByteReader& one) {
    ChannelHistogram histogram = ChannelHistogram::read(one, left);
    left -= histogram.channels();
    return histogram;
  });
}

Error of_other_graphs() {
  return {ErrorCode::kMalformed,
          "statistics are of another graph: models, or the pictures by which their channels were made alike, differ"};
}

// Whether what is said of a value is of the same number of channels in both.
bool fit(const CalibrationStatistics& a, const CalibrationStatistics& b) {
  for (const auto& [value, observer] : a.observers)
    if (const auto found = b.observers.find(value); found != b.observers.end() && found->second.min().size() != observer.min().size())
      return false;
  for (const auto& [value, histogram] : a.histograms)
    if (const auto found = b.histograms.find(value); found != b.histograms.end() && found->second.channels() != histogram.channels())
      return false;
  for (const auto& [value, ranges] : a.ranges)
    if (const auto found = b.ranges.find(value); found != b.ranges.end() && found->second.channels() != ranges.channels()) return false;
  return true;
}

}  // namespace

std::int64_t images_of(const CalibrationStatistics& statistics) {
  std::int64_t images = 0;
  for (const auto& [value, observer] : statistics.observers) images = std::max(images, observer.images());
  return images;
}

Status add_statistics(const CalibrationStatistics& others, CalibrationStatistics& sum) {
  if (others.graph != sum.graph || !fit(others, sum)) return of_other_graphs();
  for (const auto& [value, observer] : others.observers) sum.observers[value].add(observer);
  for (const auto& [value, histogram] : others.histograms)
    sum.histograms.try_emplace(value, histogram.channels()).first->second.add(histogram);
  for (const auto& [value, ranges] : others.ranges) sum.ranges.try_emplace(value, ranges.channels()).first->second.add(ranges);
  return {};
}

std::string encode_statistics(const CalibrationStatistics& statistics) {
  ByteWriter bytes;
  bytes.add(std::span<const char>(statistics.graph));
  write(statistics.observers, bytes);
  write(statistics.histograms, bytes);
  write(statistics.ranges, bytes);
  return bytes.take();
}

Result<CalibrationStatistics> decode_statistics(std::span<const std::byte> from) {
  ByteReader bytes(from);
  CalibrationStatistics statistics;
  const std::vector<char> digest = bytes.get<char>(kDigestDigits);
  statistics.graph.assign(digest.begin(), digest.end());
  statistics.observers = read<RangeObserver>(bytes, RangeObserver::read);
  statistics.histograms = read_histograms(bytes);
  statistics.ranges = read<ImageRanges>(bytes, ImageRanges::read);
  if (!bytes.at_end()) return Error{ErrorCode::kMalformed, "holds no statistics of a calibration, or half of them"};
  return statistics;
}

std::string digest_of_constants(const Graph& graph) {
  Sha256 digest;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    if (const Tensor* constant = graph.constant({static_cast<NodeId>(i), 0})) digest.update(constant->bytes());
  return digest.hex();
}

}  // namespace octet::quant
