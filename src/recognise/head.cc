#include "recognise/head.h"

#include <algorithm>

#include <fmt/format.h>

#include "recognise/heads/heads.h"
#include "recognise/origins.h"

namespace octet {
namespace {

constexpr std::size_t kMostOutputs = 64;  // no detector has more

// The first kind of head that the outputs may be. What the network has chosen and what transformers make come before the cells, whose
// number may be that of the queries or of the rows by chance.
Result<FoundHead> head_of_outputs(HeadEvidence& evidence) {
  const std::vector<OutputShape>& outputs = evidence.outputs();
  if (is_detection_output(evidence)) return head_of_detection_output(evidence);
  if (outputs.size() == 2 && std::ranges::all_of(outputs, [&](const OutputShape& output) { return evidence.is_made_by_matmul(output); }))
    return head_of_boxes_and_scores(evidence);
  if (outputs.size() == 1) {
    if (is_chosen_rows(evidence, outputs[0])) return head_of_chosen_rows(evidence);
    if (auto head = head_of_joined_queries(evidence, outputs[0])) return *std::move(head);
  }
  const auto levels = find_levels(outputs, evidence.input());
  const bool may_be_anchor_maps = !outputs.empty() && outputs[0].shape.size() == 5;
  if (levels || may_be_anchor_maps) {
    OCTET_RETURN_IF_ERROR(evidence.let_rest());
    return levels ? head_of_levels(evidence, *levels) : head_of_anchor_maps(evidence);
  }
  if (outputs.size() == 1) return head_of_one_output(evidence);
  if (outputs.size() == 2) return head_of_boxes_and_scores(evidence);
  if (outputs.size() == 3) return open_about_three_outputs(evidence);
  return open_question(fmt::format("whether its {} outputs are of one detector", outputs.size()));
}

// Without those of which others are computed: raw maps beside what is decoded of them, the last features of a transformer.
std::vector<OutputShape> last_outputs(const HeadEvidence& evidence) {
  std::vector<bool> behind_one(evidence.graph().nodes().size());
  for (const OutputShape& output : evidence.outputs()) {
    const std::vector<bool> behind = nodes_behind(evidence.graph(), evidence.value_of(output));
    for (std::size_t i = 0; i < behind.size(); ++i) behind_one[i] = behind_one[i] || behind[i];
  }
  std::vector<OutputShape> last;
  for (const OutputShape& output : evidence.outputs())
    if (!behind_one[index_of(evidence.value_of(output).node)]) last.push_back(output);
  return last;
}

}  // namespace

Result<FoundHead> find_head(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes) {
  HeadEvidence evidence(graph, facts, input, classes);
  auto found = head_of_outputs(evidence);
  if (found.ok() || found.error().code != ErrorCode::kUnsupported || evidence.outputs().size() > kMostOutputs) return found;
  std::vector<OutputShape> last = last_outputs(evidence);
  if (last.size() == evidence.outputs().size()) return found;
  evidence.set_outputs(std::move(last));
  auto of_last = head_of_outputs(evidence);
  if (!of_last.ok()) return found;
  of_last->reasons.push_back("outputs of which others are computed are left out");
  return of_last;
}

}  // namespace octet
