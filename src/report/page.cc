#include <kainjow/mustache.hpp>

#include "base/check.h"
#include "report/embedded.h"
#include "report/html.h"
#include "report/report.h"
#include "report/verdict.h"
#include "report/views.h"

namespace octet {
namespace report {
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
}  // namespace report

std::string render_report(const ReportInput& input) {
  using namespace report;
  const Json verdict = verdict_view(input, judge(input)), gallery = pictures_view(input), accuracy = accuracy_view(input),
             classes = classes_view(input), latency = latency_view(input), steps = steps_view(input), engines = engines_view(input),
             facts = facts_view(input);
  const bool has_sections = !gallery.is_null() || !accuracy.is_null() || !classes.is_null() || !latency.is_null() || !facts.is_null();
  const Json view = {{"style", page_part("style")},
                     {"script", page_part("script")},
                     {"model", input.model_name},
                     {"first", input.first.label},
                     {"second", input.second.label},
                     {"verdict", verdict},
                     {"headline", headline_view(input)},
                     {"remarks", notes_view(input)},
                     {"has_sections", has_sections},
                     {"gallery", gallery},
                     {"accuracy", accuracy},
                     {"classes", classes},
                     {"latency", latency},
                     {"steps", steps},
                     {"engines", engines},
                     {"made", facts}};
  mustache::mustache page(page_part("page"));
  page.set_custom_escape([](const std::string& text) { return escape(text); });
  OCTET_CHECK(page.is_valid(), page.error_message());
  return page.render(to_data(view));
}

}  // namespace octet
