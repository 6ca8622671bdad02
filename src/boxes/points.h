#pragma once

namespace octet {

// Whether a figure of accuracy, in points, keeps to a bound. COCO's precision divides by a little more than the number of detections, so
// that what finds all that is to be found has less than 100 points by the last bit of a double.
inline bool is_at_most(double points, double bound) {
  constexpr double kRounding = 1e-9;
  return points <= bound + kRounding;
}
inline bool is_at_least(double points, double bound) { return is_at_most(bound, points); }

}  // namespace octet
