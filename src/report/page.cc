#include "report/report.h"
#include "report/template.h"
#include "report/verdict.h"
#include "report/views.h"

namespace octet {

std::string render_report(const ReportInput& input) {
  using namespace report;
  const Json verdict = verdict_view(input, judge(input)), gallery = pictures_view(input), accuracy = accuracy_view(input),
             classes = classes_view(input), label_errors = label_errors_view(input), latency = latency_view(input),
             steps = steps_view(input), engines = engines_view(input), facts = facts_view(input);
  const bool has_sections = !gallery.is_null() || !accuracy.is_null() || !classes.is_null() || !latency.is_null() || !facts.is_null();
  const Json view = {{"has_pictures", true},
                     {"has_script", true},
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
                     {"label_errors", label_errors},
                     {"latency", latency},
                     {"steps", steps},
                     {"engines", engines},
                     {"made", facts}};
  return fill_page("page", view);
}

}  // namespace octet
