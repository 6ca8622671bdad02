#include "recognise/recognise.h"

#include <fmt/format.h>

#include "model/model_info.h"
#include "recognise/draft.h"
#include "recognise/head.h"
#include "recognise/levels.h"
#include "recognise/metadata.h"
#include "recognise/picture.h"

namespace octet {
namespace {

// "input images [1,3,640,640]; outputs boxes [1,300,4], scores [1,300,80]".
std::string seen_in(const Graph& graph) {
  const NodeId input = graph.parameters()[0];
  return fmt::format("input {} {}; outputs {}", graph.node(input).name, to_string(graph.shape({input, 0})), list_of(output_shapes(graph)));
}

// An error about what is open, with what was seen and a description to begin with.
Error with_advice(const Error& error, const Graph& graph, const Draft& draft) {
  if (error.code != ErrorCode::kUnsupported) return error;
  return {error.code, fmt::format("{}; seen: {}; say it in a file given by --model, such as: {} (docs/model_info.md)", error.message,
                                  seen_in(graph), description_text(draft))};
}

// Names that a person gave, else those of the metadata.
Result<std::vector<std::string>> labels_of(const SourceFacts& facts, const MetadataFacts& metadata) {
  std::vector<std::string> labels = metadata.labels;
  OCTET_RETURN_IF_ERROR(InfoReader(facts.declared).read_labels(labels));
  return labels;
}

// Names the only output in a declared head that names none.
void name_only_output(const Graph& graph, ModelDescription& description) {
  const auto outputs = output_shapes(graph);
  if (outputs.size() != 1) return;
  if (auto* dense = std::get_if<DenseHead>(&description.head); dense && dense->boxes.empty())
    dense->boxes = dense->scores = dense->objectness = {outputs[0].name};
  if (auto* list = std::get_if<ListHead>(&description.head); list && list->outputs.empty()) list->outputs = {outputs[0].name};
}

// Puts a name for "no object" in front where the head has a score for it and the names have none.
void name_background(ModelDescription& description) {
  const auto* dense = std::get_if<DenseHead>(&description.head);
  const bool lacks_one = dense && dense->background == DenseHead::Background::kFirst && std::ssize(description.labels) == dense->classes;
  if (lacks_one) description.labels.insert(description.labels.begin(), "background");
}

std::optional<int> count_of(const std::vector<std::string>& labels, const MetadataFacts& metadata) {
  const int count = labels.empty() ? metadata.classes : static_cast<int>(labels.size());
  return count > 0 ? std::optional(count) : std::nullopt;
}

// The head that was declared, or else found.
Result<FoundHead> head_of(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes) {
  auto found = find_head(graph, facts, input, classes);
  if (!facts.declared.contains("octet_head")) return found;
  if (!found.ok()) found = FoundHead{};
  found->reasons = {"the head is declared"};
  found->family = Family::kUnknown;
  return found;
}

// What the head and the file say, and over it what a person does.
Status describe(const Graph& graph, const SourceFacts& facts, FoundHead head, const PictureWay& way, ModelDescription& description) {
  description.resize = way.resize;
  description.pad_value = way.pad_value;
  description.head = std::move(head.head);
  description.suppression = head.suppression;
  description.suppression.across_classes = facts.across_classes && class_count(description) > 1;
  description.clip = head.clip;
  if (facts.nms_score > 0 && facts.nms_score <= 1) description.confidence_threshold = facts.nms_score;
  const InfoReader metadata(facts.metadata);
  OCTET_RETURN_IF_ERROR(metadata.read_number("iou_threshold", 0, 1, description.suppression.iou_limit));
  OCTET_RETURN_IF_ERROR(metadata.read_number("confidence_threshold", 0, 1, description.confidence_threshold));
  OCTET_RETURN_IF_ERROR(apply_model_info(facts.declared, description));
  name_only_output(graph, description);
  if (description.labels.empty() && !facts.declared.contains("octet_categories"))
    description.categories = rule_of_numbers(class_count(description), has_background(description));
  name_background(description);
  const Shape& picture = graph.shape({graph.parameters()[0], 0});
  description.input = {static_cast<int>(picture[3]), static_cast<int>(picture[2])};
  return {};
}

// A file that octet wrote has its description in its metadata, as an IR has it in rt_info, and takes what an IR takes: BGR, 0..255. A
// person who declares a head describes the file anew.
SourceFacts with_own_description(SourceFacts facts) {
  if (!facts.metadata.contains("octet_head") || facts.declared.contains("octet_head")) return facts;
  facts.declared.insert(facts.metadata.begin(), facts.metadata.end());
  facts.declared.insert({{"mean_values", "0"}, {"scale_values", "1"}});
  return facts;
}

}  // namespace

Result<Recognition> recognise(const Graph& graph, const SourceFacts& found_facts) {
  const SourceFacts facts = with_own_description(found_facts);
  OCTET_ASSIGN(const MetadataFacts metadata, read_metadata(facts.metadata));
  Recognition found;
  OCTET_ASSIGN(found.description.labels, labels_of(facts, metadata));
  const Shape& picture = graph.shape({graph.parameters()[0], 0});
  const ImageSize input{static_cast<int>(picture[3]), static_cast<int>(picture[2])};
  const auto classes = count_of(found.description.labels, metadata);
  auto head = head_of(graph, facts, input, classes);
  if (!head.ok()) {
    Draft draft = draft_of_model(graph, input, classes);
    draft.info.merge(draft_of_picture(graph, facts));
    return with_advice(head.error(), graph, draft);
  }
  auto way = find_picture_way(graph, facts, head->family, metadata.is_ultralytics);
  if (!way.ok()) return with_advice(way.error(), graph, {draft_of_picture(graph, facts)});
  found.reasons = head->reasons;
  found.reasons.insert(found.reasons.end(), way->reasons.begin(), way->reasons.end());
  OCTET_RETURN_IF_ERROR(describe(graph, facts, *std::move(head), *way, found.description));
  found.reasons.insert(found.reasons.end(), facts.of_metadata.begin(), facts.of_metadata.end());
  if (facts.across_classes && found.description.suppression.across_classes)
    found.reasons.push_back("the file suppresses boxes across classes, from the best class of each");
  found.input = std::move(way->steps);
  found.doubt = std::move(way->doubt);
  return found;
}

}  // namespace octet
