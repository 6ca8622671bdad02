#pragma once

namespace octet {

// Pixels.
struct ImageSize {
  int width = 0, height = 0;
  bool operator==(const ImageSize&) const = default;
};

}  // namespace octet
