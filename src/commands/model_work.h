#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/zoo_model.h"

// How the omz_ commands go through models and what they print on the way.
namespace octet::commands {

// Calls `work` with each model, or with each stage of a composite one, all of them even where one fails. Prints the names of the models
// of which one returned false and returns the exit status: 1 with such, else 0.
int work_on_each(const std::vector<ZooModel>& models, const std::function<bool(const ZooModel&)>& work);

// "========== TEXT", with "(DRY RUN) " before the text where nothing is done.
void print_heading(bool dry_run, std::string_view text);

// Prints that a model is skipped, and why. True: that is no failure.
bool skip(const ZooModel& model, std::string_view why);

// Prints what stood in the way of a model, on standard error. False.
bool fail(const ZooModel& model, const Error& error);

// Prints a message on standard error and returns 1.
int print_and_exit(const Error& error);

void print_warning(std::string_view message);

// Those of `asked` that are in `known`, in their order.
std::vector<std::string> common(const std::vector<std::string>& asked, const std::vector<std::string>& known);

// Words as a shell takes them, with quotes where they need some.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace octet::commands
