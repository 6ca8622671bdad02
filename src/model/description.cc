#include "model/description.h"

#include "model/class_names.h"

namespace octet {
namespace {

std::optional<int> classes_of_head(const Head& head) {
  return std::visit([](const auto& kind) { return kind.class_count(); }, head);
}

}  // namespace

std::string label_of(const ModelDescription& description, int class_index) {
  const auto index = static_cast<std::size_t>(class_index);
  if (class_index >= 0 && index < description.labels.size()) return description.labels[index];
  return "class " + std::to_string(class_index);
}

int class_count(const ModelDescription& description) {
  constexpr int kCoco91Classes = 91;
  if (const auto classes = classes_of_head(description.head)) return *classes;
  return description.labels.empty() ? kCoco91Classes : static_cast<int>(description.labels.size());
}

bool is_class_count_known(const ModelDescription& description) {
  return classes_of_head(description.head).has_value() || !description.labels.empty();
}

CategoryRule rule_of_numbers(int classes, bool has_background) {
  constexpr int kHighestId = 90;
  if (classes == kHighestId + 1) return CategoryRule::kCoco91;
  return classes == kHighestId && !has_background ? CategoryRule::kCoco90 : CategoryRule::kOrdinal;
}

bool has_background(const ModelDescription& description) {
  const bool may_have = std::visit([](const auto& head) { return head.may_have_background(); }, description.head);
  return may_have && (description.labels.empty() || is_same_class_name(description.labels[0], "background"));
}

}  // namespace octet
