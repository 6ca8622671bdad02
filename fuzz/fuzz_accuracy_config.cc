// An accuracy-check.yml of any bytes, with every block that it describes made.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "accuracy/adapters.h"
#include "accuracy/configuration.h"
#include "accuracy/metrics.h"
#include "accuracy/postprocessing.h"
#include "accuracy/preprocessing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace octet::accuracy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Request request;
  request.models = {"model"};
  request.folders.source = "data";
  const auto evaluations = parse_configuration(text, text, request, {});
  if (!evaluations.ok()) return 0;
  const Network network{
      "image", {64, 64}, {{{"a"}, {1, 255, 2, 2}, octet::ElementType::kF32}, {{"b"}, {1, 1, 100, 7}, octet::ElementType::kF32}}};
  for (const EvaluationConfig& config : *evaluations) {
    Notes notes;
    (void)make_converter(config.conversion, request.folders);
    (void)make_preprocessing(config.reader, config.preprocessing, network.input);
    (void)make_adapter(config.adapter, network, notes);
    (void)make_postprocessing(config.postprocessing);
    (void)make_metrics(config.metrics);
  }
  return 0;
}
