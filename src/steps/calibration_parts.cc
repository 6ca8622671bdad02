#include "steps/calibration_parts.h"

namespace octet {
namespace {

constexpr char kShareRecord = 'Q';

Result<quant::CalibrationStatistics> statistics_of(const Part& part) {
  if (part.records.size() != 1 || part.records[0].empty() || part.records[0][0] != static_cast<std::byte>(kShareRecord))
    return Error{ErrorCode::kMalformed, part.name + ": is no part of a calibration"};
  OCTET_ASSIGN_AT(auto statistics, quant::decode_statistics(part.records[0].subspan(1)), part.name);
  return statistics;
}

}  // namespace

std::string part_of_statistics(const PartSetup& setup, const quant::CalibrationStatistics& statistics, double seconds,
                               std::int64_t resumed_images) {
  PartWriter writer;
  std::string bytes = writer.begin(setup);
  bytes += writer.record(kShareRecord + quant::encode_statistics(statistics));
  return bytes + writer.end(seconds, static_cast<std::uint64_t>(resumed_images));
}

Result<quant::CalibrationStatistics> statistics_of_parts(const std::vector<Part>& parts) {
  OCTET_ASSIGN(quant::CalibrationStatistics sum, statistics_of(parts.front()));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    OCTET_ASSIGN(const quant::CalibrationStatistics others, statistics_of(parts[i]));
    if (const Status added = quant::add_statistics(others, sum); !added.ok())
      return added.error().at("part " + to_string(parts[i].setup.share) + " (" + parts[i].name + ")");
  }
  return sum;
}

}  // namespace octet
