#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "commands/reporter.h"
#include "zoo/zoo_model.h"

// How the omz_ commands go through models and what they print on the way.
namespace octet::commands {

// Whether a model is done. One that is not does not keep the others from being tried; an error ends it all.
using ModelWork = std::function<Result<bool>(const ZooModel&, const Reporter&)>;

// Calls `work` with each model, or with each stage of a composite one; `jobs` models at a time, whose text comes in the order of
// `models`. Prints the names of those that are not done, or the error, and returns the exit status: 0 if all are done, else 1.
int work_on_each(const std::vector<ZooModel>& models, int jobs, Reporter::Format format, const ModelWork& work);

// Says that a model is skipped, and why. True: that is no failure.
bool skip(const ZooModel& model, std::string_view why, const Reporter& reporter);

// Says what stood in the way of a model. False.
bool fail(const ZooModel& model, const Error& error, const Reporter& reporter);

// Prints a message on standard error and returns 1.
int print_and_exit(const Error& error);

// What takes the warnings of a step and prints them as the model's. Keeps a reference to `reporter`.
std::function<void(std::string_view)> warn_by(const Reporter& reporter);

// Those of `asked` that are in `known`, in their order.
std::vector<std::string> common(const std::vector<std::string>& asked, const std::vector<std::string>& known);

// Words as a shell takes them, with quotes where they need some.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace octet::commands
