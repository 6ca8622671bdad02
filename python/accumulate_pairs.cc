#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "base/cpu.h"
#include "base/falling_order.h"
#include "base/parallel.h"

#include "bindings.h"
#include "pair_matcher.h"

// COCO's accumulation for any thresholds, points of recall, ranges of areas and limits.
namespace octet::python {
namespace {

// Thresholds that are looked at together, a bit each.
constexpr std::size_t kThresholdsTogether = 32;

// What became of a detection for one range of areas, by threshold.
struct Fate {
  std::uint32_t hit = 0;        // it met an object that counts
  std::uint32_t uncounted = 0;  // it counts neither way
};

// Detections of one category, range of areas and limit of them an image, as precision and score at each hit, at one threshold. Recall rises
// at hits alone, and precision falls from one to the next, so that what COCO's tables take is found there.
struct Hits {
  std::vector<double> precision, scores;

  void add(std::uint64_t counted, double score) {
    constexpr double kNotZero = 2.220446049250313e-16;  // that COCO's code adds to a divisor
    precision.push_back(static_cast<double>(precision.size() + 1) / (static_cast<double>(counted) + kNotZero));
    scores.push_back(score);
  }
  // The best precision at this recall or a higher one.
  void make_falling() {
    for (std::size_t i = precision.size(); i > 1; --i) precision[i - 2] = std::max(precision[i - 2], precision[i - 1]);
  }
  void clear() {
    precision.clear();
    scores.clear();
  }
};

// The number of hits, of so many objects, at which a recall is reached.
std::size_t hits_at(double recall, std::size_t objects) {
  if (recall <= 0) return 0;
  const auto total = static_cast<double>(objects);
  if (!(recall * total < 1e15)) return std::numeric_limits<std::size_t>::max();
  auto hits = static_cast<std::size_t>(recall * total);
  while (hits > 0 && static_cast<double>(hits - 1) / total >= recall) --hits;
  while (static_cast<double>(hits) / total < recall) ++hits;
  return hits;
}

std::vector<CocoRow> gathered(std::span<const CocoRow> rows, std::span<const std::int64_t> places) {
  std::vector<CocoRow> chosen;
  chosen.reserve(places.size());
  for (const std::int64_t place : places) chosen.push_back(rows[static_cast<std::size_t>(place)]);
  return chosen;
}

// NaN behind all others.
std::vector<std::uint32_t> by_falling_score(std::span<const CocoRow> rows) {
  std::vector<double> scores;
  scores.reserve(rows.size());
  for (const CocoRow& row : rows) scores.push_back(std::isnan(row.score) ? -std::numeric_limits<double>::infinity() : row.score);
  return falling_order(scores);
}

// Where the table's cells of a category, a range of areas and a limit lie, one after another by threshold and point of recall.
struct Cells {
  std::size_t first = 0, step = 0;
  std::size_t operator[](std::size_t row) const { return first + row * step; }
};

class Accumulation {
 public:
  Accumulation(const CocoChoice& choice, const CocoPairs& pairs, std::span<const std::int64_t> numbers, const CocoTables& tables)
      : choice_(choice), pairs_(pairs), tables_(tables), ranks_(pairs.found.size()), fates_(areas() * pairs.found.size()) {
    for (std::size_t pair = 0; pair < pairs.size(); ++pair)
      for (std::size_t rank = 0; rank < pairs.detections(pair).size(); ++rank)
        ranks_[static_cast<std::size_t>(pairs.found_begin[pair]) + rank] = static_cast<std::uint32_t>(rank);
    for (std::size_t k = 0; k <= categories(); ++k) {
      const auto first = static_cast<std::int64_t>(k * choice.images.size());
      first_pairs_.push_back(static_cast<std::size_t>(std::ranges::lower_bound(numbers, first) - numbers.begin()));
    }
  }

  void run(int threads) {
    orders_.resize(categories());
    parallel_for_each(threads, categories(), [&](int, std::size_t k) { orders_[k] = by_falling_score(found_of(k)); });
    for (std::size_t first = 0; first < choice_.thresholds.size(); first += kThresholdsTogether) {
      const std::size_t count = std::min(kThresholdsTogether, choice_.thresholds.size() - first);
      match(threads, choice_.thresholds.subspan(first, count));
      parallel_for_each(threads, categories() * areas(), [&](int, std::size_t i) { write(i / areas(), i % areas(), first, count); });
    }
  }

 private:
  std::size_t categories() const { return choice_.has_categories ? choice_.categories.size() : 1; }
  std::size_t areas() const { return choice_.areas.size() / 2; }
  AreaRange area(std::size_t a) const { return {choice_.areas[2 * a], choice_.areas[2 * a + 1]}; }
  std::size_t first_found(std::size_t k) const { return static_cast<std::size_t>(pairs_.found_begin[first_pairs_[k]]); }
  std::span<const CocoRow> found_of(std::size_t k) const {
    return pairs_.found.subspan(first_found(k), first_found(k + 1) - first_found(k));
  }

  void match(int threads, std::span<const double> thresholds) {
    constexpr std::size_t kBlock = 256;
    std::ranges::fill(fates_, Fate{});
    std::vector<PairMatcher> matchers(static_cast<std::size_t>(threads));
    parallel_for_each(threads, (pairs_.size() + kBlock - 1) / kBlock, [&](int worker, std::size_t i) {
      for (std::size_t pair = i * kBlock; pair < std::min(pairs_.size(), (i + 1) * kBlock); ++pair)
        match_pair(pair, thresholds, matchers[static_cast<std::size_t>(worker)]);
    });
  }

  void match_pair(std::size_t pair, std::span<const double> thresholds, PairMatcher& matcher) {
    const std::span<const CocoRow> objects = pairs_.objects(pair), found = pairs_.detections(pair);
    matcher.begin(objects, found);
    const bool has_met = matcher.has_met(std::ranges::min(thresholds));
    for (std::size_t a = 0; a < areas(); ++a) {
      const auto fates =
          std::span(fates_).subspan(a * pairs_.found.size() + static_cast<std::size_t>(pairs_.found_begin[pair]), found.size());
      if (has_met) {
        matcher.choose_area(area(a));
        for (std::size_t t = 0; t < thresholds.size(); ++t)
          matcher.match(thresholds[t], [&](std::size_t d, std::size_t object) {
            if (matcher.is_uncounted(object))
              fates[d].uncounted |= 1u << t;
            else if (objects[object].id != 0)  // which COCO's code takes for none
              fates[d].hit |= 1u << t;
          });
      }
      for (std::size_t d = 0; d < found.size(); ++d)
        if (!area(a).contains(found[d].area)) fates[d].uncounted |= ~fates[d].hit;
    }
  }

  // The `count` thresholds from `first` on.
  void write(std::size_t k, std::size_t a, std::size_t first, std::size_t count) const {
    const std::size_t objects = objects_that_count(k, a);
    if (objects == 0) return;
    std::vector<std::size_t> needed;
    for (const double recall : choice_.recall_points) needed.push_back(hits_at(recall, objects));
    std::vector<Hits> hits(count);
    for (std::size_t m = 0; m < choice_.max_detections.size(); ++m) {
      const std::optional<double> best_score = trace(k, a, choice_.max_detections[m], hits);
      const Cells cells = cells_of(k, a, m);
      for (std::size_t t = 0; t < count; ++t) {
        tables_.recall[cells[first + t]] = static_cast<double>(hits[t].scores.size()) / static_cast<double>(objects);
        write_curve(hits[t], best_score, needed, {cells[(first + t) * needed.size()], cells.step});
      }
    }
  }

  std::size_t objects_that_count(std::size_t k, std::size_t a) const {
    const auto begin = static_cast<std::size_t>(pairs_.truth_begin[first_pairs_[k]]);
    const auto end = static_cast<std::size_t>(pairs_.truth_begin[first_pairs_[k + 1]]);
    const auto counts = [&](const CocoRow& object) { return object.is_crowd == 0 && area(a).contains(object.area); };
    return static_cast<std::size_t>(std::ranges::count_if(pairs_.truth.subspan(begin, end - begin), counts));
  }

  // Answers the highest score, nothing where nothing was found.
  std::optional<double> trace(std::size_t k, std::size_t a, std::int64_t most, std::span<Hits> hits) const {
    const std::span<const CocoRow> found = found_of(k);
    const auto ranks = std::span(ranks_).subspan(first_found(k), found.size());
    const auto fates = std::span(fates_).subspan(a * pairs_.found.size() + first_found(k), found.size());
    const std::uint32_t every = hits.size() == kThresholdsTogether ? ~0u : (1u << hits.size()) - 1;
    std::vector<std::uint64_t> counted(hits.size());
    std::uint64_t counted_at_all = 0;  // thresholds
    std::optional<double> best;
    for (Hits& at : hits) at.clear();
    for (const std::uint32_t d : orders_[k]) {
      if (ranks[d] >= most) continue;
      if (!best) best = found[d].score;
      const std::uint32_t counts = ~fates[d].uncounted & every;
      if (counts == every)
        ++counted_at_all;
      else
        for (std::uint32_t rest = counts; rest != 0; rest &= rest - 1) ++counted[static_cast<std::size_t>(std::countr_zero(rest))];
      for (std::uint32_t met = fates[d].hit & every; met != 0; met &= met - 1) {
        const auto t = static_cast<std::size_t>(std::countr_zero(met));
        hits[t].add(counted_at_all + counted[t], found[d].score);
      }
    }
    for (Hits& at : hits) at.make_falling();
    return best;
  }

  // A recall of 0 is reached by the best detection, hit or not. From the first point that is not reached on, all is 0.
  void write_curve(const Hits& hits, std::optional<double> best_score, std::span<const std::size_t> needed, const Cells& cells) const {
    bool is_reached = true;
    for (std::size_t r = 0; r < needed.size(); ++r) {
      is_reached = is_reached && (needed[r] == 0 ? best_score.has_value() : needed[r] <= hits.scores.size());
      const std::size_t hit = std::max<std::size_t>(needed[r], 1) - 1;
      tables_.precision[cells[r]] = is_reached && hit < hits.precision.size() ? hits.precision[hit] : 0;
      tables_.scores[cells[r]] = !is_reached ? 0 : needed[r] == 0 ? *best_score : hits.scores[hit];
    }
  }

  Cells cells_of(std::size_t k, std::size_t a, std::size_t m) const {
    const std::size_t counts = choice_.max_detections.size();
    return {(k * areas() + a) * counts + m, categories() * areas() * counts};
  }

  const CocoChoice& choice_;
  const CocoPairs& pairs_;
  const CocoTables& tables_;
  std::vector<std::size_t> first_pairs_;            // of each category, and the end of the last
  std::vector<std::uint32_t> ranks_;                // of each detection: 0 for the best of its pair
  std::vector<Fate> fates_;                         // [area][detection]
  std::vector<std::vector<std::uint32_t>> orders_;  // of each category, its detections by falling score
};

}  // namespace

octet_status accumulate(const CocoChoice& choice, std::span<const CocoRow> truth, std::span<const CocoRow> found,
                        const CocoTables& tables) noexcept {
  for (const std::span<double> table : {tables.precision, tables.recall, tables.scores}) std::ranges::fill(table, -1);
  SortedPairs sorted;
  if (const octet_status status = sort_pairs(choice, truth, found, sorted); status != OCTET_OK) return status;
  return v1::guarded([&] {
    const std::vector<CocoRow> objects = gathered(truth, sorted.truth), detections = gathered(found, sorted.found);
    const CocoPairs pairs{objects, detections, sorted.truth_begin, sorted.found_begin};
    Accumulation(choice, pairs, sorted.pairs, tables).run(available_threads());
  });
}

}  // namespace octet::python
