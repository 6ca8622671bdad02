// The decoder is not matched node by node but tried out. Encodings of zero give the anchors; a one in each of the four
// places tells what that place moves and by how much; a last run with all places set confirms the whole formula.
#include "importers/tensorflow/box_coder.h"

#include <algorithm>
#include <cmath>

#include "importers/tensorflow/probe.h"

namespace octet::tensorflow {
namespace {

constexpr std::size_t kValues = 4;  // of an anchor: one code or one box
using Codes = std::array<double, kValues>;

Error other_coder(const Network& network, Ref decoded) {
  return unsupported(network.source().node(decoded),
                     "decodes boxes in a way that octet does not know; "
                     "it converts box codes relative to an anchor's centre and size (faster_rcnn_box_coder)");
}

// Boxes (ymin, xmin, ymax, xmax) as centre and size.
std::vector<Anchor> centred(const Tensor& corners) {
  const auto values = to_vector<double>(corners);
  std::vector<Anchor> boxes(values.size() / kValues);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const double* c = &values[i * kValues];
    boxes[i] = {(c[1] + c[3]) / 2, (c[0] + c[2]) / 2, c[3] - c[1], c[2] - c[0]};
  }
  return boxes;
}

// What the same four codes for every anchor decode to.
Result<std::vector<Anchor>> decode(const Codes& codes, Ref decoded, const Heads& boxes, Network& network) {
  OCTET_RETURN_IF_ERROR(check_constant_shape(boxes.joined_shape));
  Tensor encodings(ElementType::kF32, boxes.joined_shape);
  const auto values = encodings.mutable_values<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(codes[i % kValues]);
  OCTET_ASSIGN(const Tensor corners, probe(boxes.joined, std::move(encodings), decoded, network));
  return centred(corners);
}

// The scale of one place, and which of x, y, width, height it moves; nothing if it moves several or none alike.
struct Moved {
  std::size_t what = 0;
  double scale = 0;
};

std::optional<Moved> moved_by_one(const std::vector<Anchor>& anchors, const std::vector<Anchor>& boxes) {
  Codes sums{};
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const Anchor &a = anchors[i], &b = boxes[i];
    const Codes moved{(b.cx - a.cx) / a.width, (b.cy - a.cy) / a.height, std::log(b.width / a.width), std::log(b.height / a.height)};
    for (std::size_t k = 0; k < kValues; ++k) sums[k] += moved[k] / static_cast<double>(anchors.size());
  }
  const auto most = static_cast<std::size_t>(std::ranges::max_element(sums, {}, [](double sum) { return std::fabs(sum); }) - sums.begin());
  if (!(sums[most] > 1e-4) || !std::isfinite(sums[most])) return std::nullopt;
  double scale = 1 / sums[most];
  if (std::fabs(scale - std::round(scale)) < 1e-3 * scale) scale = std::round(scale);
  return Moved{most, scale};
}

bool agrees(const BoxCoder& coder, const Codes& codes, const std::vector<Anchor>& boxes) {
  const auto code = [&](std::size_t what) { return codes[coder.place[what]] / coder.scale[what]; };
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Anchor& a = coder.anchors[i];
    const Codes difference{boxes[i].cx - (a.cx + code(0) * a.width), boxes[i].cy - (a.cy + code(1) * a.height),
                           boxes[i].width - a.width * std::exp(code(2)), boxes[i].height - a.height * std::exp(code(3))};
    for (const double d : difference)
      if (!(std::fabs(d) < 1e-4)) return false;
  }
  return true;
}

bool are_anchors(const std::vector<Anchor>& anchors) {
  return std::ranges::all_of(anchors, [](const Anchor& a) {
    return a.width > 0 && a.height > 0 && a.width < 100 && a.height < 100 && std::fabs(a.cx) < 100 && std::fabs(a.cy) < 100;
  });
}

}  // namespace

Result<BoxCoder> understand_box_coder(const std::vector<Ref>& path, const Heads& boxes, Network& network) {
  if (boxes.width != static_cast<std::int64_t>(kValues))
    return unsupported(network.source().node(boxes.joined), "has " + std::to_string(boxes.width) + " codes for an anchor, expected 4");
  OCTET_ASSIGN(const Ref decoded, last_computable(path, boxes, {boxes.width}, network));
  BoxCoder coder;
  OCTET_ASSIGN(coder.anchors, decode({}, decoded, boxes, network));
  if (!are_anchors(coder.anchors)) return other_coder(network, decoded);
  std::array<bool, kValues> seen{};
  for (std::size_t place = 0; place < kValues; ++place) {
    Codes pulse{};
    pulse[place] = 1;
    OCTET_ASSIGN(const auto pulsed, decode(pulse, decoded, boxes, network));
    const auto moved = moved_by_one(coder.anchors, pulsed);
    if (!moved || seen[moved->what]) return other_coder(network, decoded);
    seen[moved->what] = true;
    coder.place[moved->what] = place;
    coder.scale[moved->what] = moved->scale;
  }
  const Codes mixed{1.5, -2, 0.75, -1.25};
  OCTET_ASSIGN(const auto confirmed, decode(mixed, decoded, boxes, network));
  if (!agrees(coder, mixed, confirmed)) return other_coder(network, decoded);
  return coder;
}

}  // namespace octet::tensorflow
