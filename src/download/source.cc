#include "download/source.h"

#include <fmt/format.h>

namespace octet {
namespace {

struct WherePublished {
  std::string operator()(const UrlSource& source) const { return source.url; }
  std::string operator()(const GoogleDriveSource& source) const { return "Google Drive " + source.id; }
  std::string operator()(const NpmSource& source) const { return package("npm", source.package, source.version, source.member); }
  std::string operator()(const WheelSource& source) const { return package("wheel", source.package, source.version, source.member); }

  static std::string package(std::string_view kind, std::string_view name, std::string_view version, std::string_view member) {
    return fmt::format("{} {} {}: {}", kind, name, version, member);
  }
};

}  // namespace

std::string where_published(const Source& source) { return std::visit(WherePublished(), source); }

}  // namespace octet
