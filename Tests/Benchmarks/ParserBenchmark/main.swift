import Foundation

exit(ParserBenchmark.run(CommandLine.arguments))
