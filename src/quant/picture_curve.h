#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "graph/graph.h"
#include "quant/observer.h"
#include "quant/placement.h"

namespace octet::quant {

// After so many pictures, how far the ranges of activations are from those that all pictures give: the mean over the tensors of how far
// both ends are apart, over the range of all.
struct CurvePoint {
  std::int64_t images = 0;
  double distance = 0;
};

// How the ranges come to rest as pictures are added.
class PictureCurve {
 public:
  // Of the tensors that have one range, which is as RangeObserver::typical_min() and typical_max() have it with that spread.
  PictureCurve(const QuantizationPlan& plan, double spread);

  // What is known after so many pictures, more than before.
  void add(std::int64_t images, const std::map<Value, RangeObserver>& observers);

  std::vector<CurvePoint> points() const;  // the last is that of all pictures
  double last_distance() const;            // from the point before the last; 1 with fewer than two

 private:
  struct Ends {
    double low, high;
  };
  struct Point {
    std::int64_t images;
    std::vector<Ends> ranges;  // by value
  };
  double distance(const Point& from, const Point& to) const;

  double spread_;
  std::vector<Value> values_;
  std::vector<Point> points_;
};

}  // namespace octet::quant
