#include "download/source.h"

#include <fmt/format.h>

namespace octet {
namespace {

std::string describe_source(const UrlSource& source) { return source.url; }
std::string describe_source(const GoogleDriveSource& source) { return "Google Drive file " + source.id; }
std::string describe_source(const NpmSource& source) {
  return fmt::format("npm package {}@{}, {}", source.package, source.version, source.member);
}
std::string describe_source(const WheelSource& source) {
  return fmt::format("wheel {}=={}, {}", source.package, source.version, source.member);
}

}  // namespace

std::string describe(const Source& source) {
  return std::visit([](const auto& one) { return describe_source(one); }, source);
}

}  // namespace octet
