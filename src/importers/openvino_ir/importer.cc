#include <utility>

#include "importers/file_border.h"
#include "importers/finish_import.h"
#include "importers/importer.h"
#include "importers/openvino_ir/import.h"
#include "recognise/beside/beside.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

bool ends_in_detection_output(const Graph& graph) {
  for (const NodeId id : graph.outputs())
    if (std::holds_alternative<DetectionOutput>(graph.node(graph.node(id).inputs[0]).op)) return true;
  return false;
}

// What lies beside an IR says how a picture entered the network that was converted: what the converter says that it did of it is not left
// to be done, though an optimizer has multiplied it into the weights, where nobody sees it.
Beside left_by(const openvino_ir::ConverterSteps& converter, Beside beside) {
  bool is_done = false;
  const auto leave_none = [&](const std::string& key, const char* none) {
    const auto found = beside.keys.find(key);
    if (found == beside.keys.end()) return;
    is_done |= std::exchange(found->second, none) != none;
  };
  if (converter.reverses_channels) leave_none("reverse_input_channels", "NO");
  if (converter.scales_pixels) {
    leave_none("mean_values", "0");
    leave_none("scale_values", "1");
  }
  if (is_done)
    beside.remark += std::string(beside.remark.empty() ? "" : "; ") +
                     "what the converter says that it did to pixels is in the network, and is not done again in front of it";
  return beside;
}

Result<ImportedModel> import(const fs::path& source, const fs::path&, const ImportOptions& options) {
  OCTET_ASSIGN(ImportedIr imported, import_openvino_detector(source, options.model_info));
  Graph& graph = imported.graph;
  if (describes_itself(graph))
    return Error{ErrorCode::kUnsupported,
                 source.string() + ": is an IR of octet, which needs no conversion: give it to quantize, detect, check or bench as it is"};
  SourceFacts facts;
  facts.metadata = graph.model_info;
  OCTET_ASSIGN(const Beside beside, read_beside(source));
  facts.of_metadata = merge_beside(left_by(imported.converter, beside), facts.metadata);
  facts.declared = options.model_info;
  if (imported.end) imported.end->tell(facts);
  facts.converter_reverses = imported.converter.reverses_channels;
  facts.converter_scales = imported.converter.scales_pixels;
  if (ends_in_detection_output(graph)) facts.end = SourceFacts::End::kDetectionOutput;
  Result<OriginalFile> original = file_with_border_of(graph, FileFormat::kOpenvinoIr, source);
  OCTET_ASSIGN_AT(ImportedModel model, finish_import(std::move(graph), facts, std::move(original)), source.string());
  model.description.name = source.stem().string();
  model.graph.name = model.description.name;
  model.weights = {source};
  const fs::path bin = fs::path(source).replace_extension(".bin");
  std::error_code ignored;
  if (fs::is_regular_file(bin, ignored)) model.weights.push_back(bin);
  return model;
}

}  // namespace

bool describes_itself(const Graph& graph) { return graph.model_info.contains("octet_head"); }

bool is_openvino_ir(std::string_view start) {
  return start.find("<net ") != std::string_view::npos && start.find("<layer") != std::string_view::npos;
}

extern const Importer kOpenvinoIrImporter;
const Importer kOpenvinoIrImporter = {.name = "an OpenVINO IR of another program (.xml)",
                                      .extension = ".xml",
                                      .weights_extension = "",
                                      .labels_hint = "",
                                      .recognises = is_openvino_ir,
                                      .import = import};

}  // namespace octet
