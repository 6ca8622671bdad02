#include "report/changes.h"

#include <algorithm>
#include <cmath>

namespace octet::report {
namespace {

constexpr float kSameObject = 0.5f;  // IoU
// A box that comes or goes weighs this much more than its score, one that stays at most 2 (score and place).
constexpr double kWeightOfAppearance = 1;

bool can_be_drawn(const ReportBox& box) {
  return std::isfinite(box.box_px.x0) && std::isfinite(box.box_px.y0) && std::isfinite(box.box_px.x1) && std::isfinite(box.box_px.y1);
}

std::vector<ShownBox> by_falling_score(const std::vector<ReportBox>& boxes, double faint, Fate fate) {
  std::vector<ShownBox> sorted;
  for (const ReportBox& box : boxes)
    if (box.score >= faint && can_be_drawn(box)) sorted.push_back({&box, fate});
  std::stable_sort(sorted.begin(), sorted.end(), [](const ShownBox& a, const ShownBox& b) { return a.box->score > b.box->score; });
  return sorted;
}

struct Pair {
  float overlap;
  std::size_t first, second;
};

std::vector<Pair> candidates(const std::vector<ShownBox>& first, const std::vector<ShownBox>& second) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (std::size_t j = 0; j < second.size(); ++j) {
      if (first[i].box->label != second[j].box->label) continue;
      const float overlap = iou(first[i].box->box_px, second[j].box->box_px);
      if (overlap >= kSameObject) pairs.push_back({overlap, i, j});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
  return pairs;
}

void pair_up(PictureChange& change, double confident) {
  for (const Pair& pair : candidates(change.first, change.second)) {
    ShownBox &first = change.first[pair.first], &second = change.second[pair.second];
    if (first.fate == Fate::kKept || second.fate == Fate::kKept) continue;
    first.fate = second.fate = Fate::kKept;
    if (std::max(first.box->score, second.box->score) < confident) continue;
    ++change.kept;
    change.amount += std::abs(first.box->score - second.box->score) + (1 - static_cast<double>(pair.overlap));
  }
}

std::vector<const ReportBox*> without_partner(const std::vector<ShownBox>& boxes, double confident) {
  std::vector<const ReportBox*> alone;
  for (const ShownBox& shown : boxes)
    if (shown.fate != Fate::kKept && shown.box->score >= confident) alone.push_back(shown.box);
  return alone;
}

}  // namespace

PictureChange compare_boxes(const ReportPicture& picture, double confident, double faint) {
  PictureChange change;
  change.picture = &picture;
  change.first = by_falling_score(picture.first, faint, Fate::kLost);
  change.second = by_falling_score(picture.second, faint, Fate::kNew);
  pair_up(change, confident);
  change.lost = without_partner(change.first, confident);
  change.added = without_partner(change.second, confident);
  for (const auto* list : {&change.lost, &change.added})
    for (const ReportBox* box : *list) change.amount += kWeightOfAppearance + box->score;
  return change;
}

std::vector<PictureChange> changed_most_first(const std::vector<ReportPicture>& pictures, double confident, double faint) {
  std::vector<PictureChange> changes;
  for (const ReportPicture& picture : pictures) changes.push_back(compare_boxes(picture, confident, faint));
  std::stable_sort(changes.begin(), changes.end(), [](const PictureChange& a, const PictureChange& b) { return a.amount > b.amount; });
  return changes;
}

}  // namespace octet::report
