#pragma once

#include <string>
#include <string_view>

// When two names of classes are one.
namespace octet {

// How much of the spelling of a name counts.
enum class NameForm {
  kAsWritten,
  kFolded,    // not case, in any alphabet, nor blanks, hyphens and underscores
  kAsInCoco,  // nor which of its two spellings a name of COCO's has (motorbike, motorcycle)
};
std::string class_name(std::string_view name, NameForm form);

// Whether two names are one but for their form.
bool is_same_class_name(std::string_view a, std::string_view b);

// Whether two names are the same as they are written, or Darknet's and COCO's for one category, which everybody knows.
bool is_plainly_same_class_name(std::string_view a, std::string_view b);

}  // namespace octet
