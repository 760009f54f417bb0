//===- main.cpp - om: runs and inspects offline models --------------------===//

#include "Command.h"

#include <cstdio>

using namespace openatc::tool;

namespace {

const Command *const kCommands[] = {&runCommand,    &infoCommand,    &benchCommand,
                                    &disasmCommand, &compareCommand, &profCommand};

void printHelp() {
  std::printf("om: run and inspect offline models made by atc\n\n"
              "usage: om COMMAND MODEL.om [OPTIONS]\n\ncommands:\n");
  for (const Command *command : kCommands)
    std::printf("  %-9s %s\n", std::string(command->name).c_str(),
                std::string(command->summary).c_str());
  std::printf("\n'om COMMAND --help' explains a command.\n"
              "Exit status: 0 success, 1 failure, 2 wrong command line.\n");
}

int report(const Failed &failed) {
  std::fflush(stdout); // what was printed comes first also where both go to one place
  std::fprintf(stderr, "om: error: %s\n", failed.message.c_str());
  return failed.exitStatus;
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty())
    return report(usageError("no command given (see om --help)"));
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    printHelp();
    return 0;
  }
  for (const Command *command : kCommands) {
    if (command->name != words[0])
      continue;
    words.erase(words.begin());
    for (const std::string &word : words)
      if (word == "--help" || word == "-h") {
        std::fputs(std::string(command->help).c_str(), stdout);
        return 0;
      }
    Arguments arguments;
    Result result = parseArguments(*command, words, arguments);
    if (!result)
      result = command->run(arguments);
    if (!result && (std::fflush(stdout) != 0 || std::ferror(stdout)))
      result = failure("cannot write to standard output");
    return result ? report(*result) : 0;
  }
  return report(usageError("unknown command '" + words[0] + "' (see om --help)"));
}
