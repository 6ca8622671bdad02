#include "quant/picture_curve.h"

#include <algorithm>
#include <cmath>

namespace octet::quant {

PictureCurve::PictureCurve(const QuantizationPlan& plan, double spread) : spread_(spread) {
  for (const auto& point : plan.points)
    if (!point.per_channel) values_.push_back(point.value);
}

void PictureCurve::add(std::int64_t images, const std::map<Value, RangeObserver>& observers) {
  Point point{images, {}};
  for (const Value value : values_) {
    const RangeObserver& observer = observers.at(value);
    point.ranges.push_back({observer.typical_min(spread_), observer.typical_max(spread_)});
  }
  points_.push_back(std::move(point));
}

double PictureCurve::distance(const Point& from, const Point& to) const {
  double sum = 0;
  std::size_t tensors = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const double range = to.ranges[i].high - to.ranges[i].low;
    if (range <= 0) continue;  // nothing was seen of it
    sum += (std::fabs(from.ranges[i].low - to.ranges[i].low) + std::fabs(from.ranges[i].high - to.ranges[i].high)) / range;
    ++tensors;
  }
  return tensors > 0 ? sum / static_cast<double>(tensors) : 0;
}

std::vector<CurvePoint> PictureCurve::points() const {
  std::vector<CurvePoint> points;
  for (const Point& point : points_) points.push_back({point.images, distance(point, points_.back())});
  return points;
}

double PictureCurve::last_distance() const { return points_.size() < 2 ? 1 : distance(points_[points_.size() - 2], points_.back()); }

}  // namespace octet::quant
