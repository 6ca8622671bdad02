#include "report/template.h"

#include <utility>

#include <kainjow/mustache.hpp>

#include "base/check.h"
#include "report/embedded.h"
#include "report/html.h"

namespace octet::report {
namespace {

namespace mustache = kainjow::mustache;

// The file of this folder with that name and any extension, as embedded.h has it.
std::string page_part(std::string_view name) {
  for (const EmbeddedText& part : embedded_page_parts())
    if (part.name == name) return std::string(part.text);
  OCTET_CHECK(false, "the page's files are built in");
}

// In the template's terms. What is null stays away, so that its section does.
mustache::data to_data(const Json& view) {
  if (view.is_boolean()) return view.get<bool>();
  if (view.is_string()) return view.get<std::string>();
  if (view.is_array()) {
    mustache::data list{mustache::data::type::list};
    for (const Json& item : view) list << to_data(item);
    return list;
  }
  if (!view.is_object()) return view.dump();
  mustache::data object{mustache::data::type::object};
  for (const auto& [key, value] : view.items())
    if (!value.is_null()) object.set(key, to_data(value));
  return object;
}

}  // namespace

std::string fill_page(std::string_view name, Json view) {
  view["style"] = page_part("style");
  view["script"] = page_part("script");
  mustache::data data = to_data(view);
  for (const char* part : {"head", "gallery_section", "accuracy_section", "classes_section"})
    data.set(part, mustache::partial([part] { return page_part(part); }));
  mustache::mustache page(page_part(name));
  page.set_custom_escape([](const std::string& text) { return escape(text); });
  OCTET_CHECK(page.is_valid(), page.error_message());
  return page.render(data);
}

}  // namespace octet::report
