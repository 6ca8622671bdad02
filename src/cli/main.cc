#include "cli/program.h"

int main(int argc, char** argv) { return octet::cli::run_program(argc, argv); }
