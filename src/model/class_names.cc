#include "model/class_names.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>

#include <utf8proc.h>

namespace octet {
namespace {

struct Spelling {
  std::string_view darknet, coco;
};
constexpr Spelling kSpellings[] = {{"motorbike", "motorcycle"}, {"aeroplane", "airplane"},       {"sofa", "couch"},
                                   {"tvmonitor", "tv"},         {"pottedplant", "potted plant"}, {"diningtable", "dining table"}};

// Unicode's compatible form without case, in which every blank is U+0020 and every hyphen U+002D. What is no UTF-8 stays as it is.
std::string without_case(std::string_view name) {
  constexpr auto kForm = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                                        UTF8PROC_IGNORE | UTF8PROC_LUMP);
  utf8proc_uint8_t* bytes = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(name.data()), static_cast<utf8proc_ssize_t>(name.size()), &bytes, kForm);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(bytes, &std::free);
  return size < 0 ? std::string(name) : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace

std::string class_name(std::string_view name, NameForm form) {
  if (form == NameForm::kAsWritten) return std::string(name);
  std::string key = without_case(name);
  std::erase_if(key, [](unsigned char letter) { return letter <= ' ' || letter == '-' || letter == '_'; });
  if (form == NameForm::kFolded) return key;
  const auto known = std::ranges::find(kSpellings, key, &Spelling::darknet);
  return known != std::end(kSpellings) ? class_name(known->coco, NameForm::kFolded) : key;
}

bool is_same_class_name(std::string_view a, std::string_view b) {
  return class_name(a, NameForm::kAsInCoco) == class_name(b, NameForm::kAsInCoco);
}

bool is_plainly_same_class_name(std::string_view a, std::string_view b) {
  return a == b || std::ranges::any_of(kSpellings, [&](const Spelling& known) {
           return (known.darknet == a && known.coco == b) || (known.darknet == b && known.coco == a);
         });
}

}  // namespace octet
