#pragma once

#include <CLI/CLI.hpp>

// What an option's number may be. Unlike CLI11's own checks these refuse NaN and name bounds that a person can read.
namespace octet::cli {

CLI::Validator number_between(double low, double high);
CLI::Validator whole_number();  // from 0

}  // namespace octet::cli
